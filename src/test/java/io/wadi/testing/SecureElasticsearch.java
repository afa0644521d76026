package io.wadi.testing;

import io.wadi.local.LocalElasticsearch;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;

/**
 * An Elasticsearch node with TLS and a certificate authority of its own, and with the user {@code wadi}, who has the
 * role of {@code docker/elasticsearch}.
 */
public final class SecureElasticsearch implements AutoCloseable {
    /** The password of the user {@code wadi}; its hash is below. */
    public static final String PASSWORD = "secret-of-wadi";

    private static final String HASH = "$2a$10$n6RXYI4pgUGtvO1vqc1vBeP8d90.1FwAhOyhuc.r25dziEDlj/b1O";

    private final OwnElasticsearch server;
    private final Path authority;

    private SecureElasticsearch(OwnElasticsearch server, Path authority) {
        this.server = server;
        this.authority = authority;
    }

    /** Starts the node; returns when it responds. */
    public static SecureElasticsearch start() throws IOException, GeneralSecurityException, InterruptedException {
        Path directory = TestServers.newDirectory("elasticsearch");
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("users"), "wadi:" + HASH + "\n");
        Files.writeString(config.resolve("users_roles"), "wadi:wadi\n");
        // JSON is valid YAML, and a role begins in the first column.
        Files.writeString(
                config.resolve("roles.yml"),
                "wadi: "
                        + Files.readString(Path.of("docker", "elasticsearch", "role.json"))
                                .replace("\n", " "));
        Certificate authority = Certificate.make(directory, "ca", "RSA", "-ext", "bc:c");
        certify(authority, directory, config);
        String credentials = Base64.getEncoder().encodeToString(("wadi:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        LocalElasticsearch.Setup setup = new LocalElasticsearch.Setup(
                """
                xpack.security.enabled: true
                xpack.security.http.ssl.enabled: true
                xpack.security.http.ssl.key: es.key
                xpack.security.http.ssl.certificate: es.crt
                """,
                "https",
                HttpClient.newBuilder().sslContext(Certificate.trust(authority)).build(),
                "Basic " + credentials);
        return new SecureElasticsearch(
                OwnElasticsearch.start(directory, setup),
                Files.writeString(directory.resolve("ca.crt"), authority.pem()));
    }

    /** Returns {@code https://host:port}. */
    public String hosts() {
        return server.url();
    }

    /** Returns the file with the authority's certificate. */
    public String caFile() {
        return authority.toString();
    }

    /** Creates the node's key, and a certificate that the authority signs. */
    private static void certify(Certificate authority, Path directory, Path config)
            throws IOException, GeneralSecurityException, InterruptedException {
        Certificate own = Certificate.make(directory, "localhost", "RSA");
        String request = directory.resolve("es.csr").toString();
        Certificate.keytool(own.store(), "-certreq", "-alias", "wadi", "-file", request);
        Certificate.keytool(
                authority.store(),
                "-gencert",
                "-alias",
                "wadi",
                "-rfc",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-infile",
                request,
                "-outfile",
                config.resolve("es.crt").toString());
        Files.writeString(config.resolve("es.key"), own.keyPem());
    }

    @Override
    public void close() {
        server.close();
    }
}
