package io.wadi.testing;

import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Kafka broker in this JVM that accepts clients only over TLS with a name and password (SASL_SSL, SCRAM-SHA-512). */
public final class SecureKafka implements AutoCloseable {
    /** The superuser. */
    public static final String USER = "wadi";

    /** The user's password. */
    public static final String PASSWORD = "secret-of-wadi";

    private final LocalKafka kafka;
    private final Path certificate;

    private SecureKafka(LocalKafka kafka, Path certificate) {
        this.kafka = kafka;
        this.certificate = certificate;
    }

    /** Starts a broker with its data in a directory. */
    public static SecureKafka start(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        Certificate own = Certificate.make(directory, "kafka", "RSA");
        Path certificate = Files.writeString(directory.resolve("kafka-ca.pem"), own.pem());
        int port = Ports.free();
        int controller = Ports.free();
        // The broker's connections to itself need no password.
        int itself = Ports.free();
        Map<String, String> settings = new HashMap<>();
        settings.put("node.id", "7");
        settings.put("controller.quorum.voters", "7@127.0.0.1:" + controller);
        settings.put(
                "listeners",
                "CLIENTS://127.0.0.1:%d,ITSELF://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port, itself, controller));
        settings.put("advertised.listeners", "CLIENTS://localhost:%d,ITSELF://127.0.0.1:%d".formatted(port, itself));
        settings.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,ITSELF:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "ITSELF");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put(
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", own.store().toString());
        settings.put("ssl.keystore.password", Certificate.PASSWORD);
        settings.put("ssl.key.password", Certificate.PASSWORD);
        LocalKafka kafka = new LocalKafka(
                directory.resolve("kafka"),
                port,
                settings,
                List.of("--add-scram", "SCRAM-SHA-512=[name=%s,password=%s]".formatted(USER, PASSWORD)));
        kafka.start();
        return new SecureKafka(kafka, certificate);
    }

    /** Returns the value of {@code bootstrap.servers}. */
    public String brokers() {
        return kafka.address();
    }

    /** Returns the PEM file with the certificate that clients must trust. */
    public Path certificate() {
        return certificate;
    }

    @Override
    public void close() {
        kafka.stop();
    }
}
