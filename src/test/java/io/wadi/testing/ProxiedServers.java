package io.wadi.testing;

import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A Kafka of its own and the test run's HDFS and Elasticsearch, each behind a proxy with which a test delays, drops and
 * breaks connections. For HDFS, only the NameNode is behind a proxy. Assertions connect to the servers directly.
 */
public final class ProxiedServers implements AutoCloseable {
    private final LocalKafka near;
    private final ServerProxy kafka;
    private final ServerProxy hdfs;
    private final ServerProxy elasticsearch;

    private ProxiedServers(LocalKafka near, ServerProxy kafka, ServerProxy hdfs, ServerProxy elasticsearch) {
        this.near = near;
        this.kafka = kafka;
        this.hdfs = hdfs;
        this.elasticsearch = elasticsearch;
    }

    /** Starts a Kafka with its data in a directory, and the proxies. */
    public static ProxiedServers start(Path directory) throws IOException {
        ServerPorts shared = TestServers.shared().ports();
        int port = Ports.free();
        int far = Ports.free();
        ServerProxy kafka = new ServerProxy("Kafka", far);
        int controller = Ports.free();
        LocalKafka near = new LocalKafka(
                directory.resolve("kafka"),
                port,
                Map.of(
                        "controller.quorum.voters",
                        "1@127.0.0.1:" + controller,
                        "listeners",
                        "PLAINTEXT://127.0.0.1:%d,FAR://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                .formatted(port, far, controller),
                        "advertised.listeners",
                        "PLAINTEXT://localhost:%d,FAR://localhost:%d".formatted(port, kafka.port()),
                        "listener.security.protocol.map",
                        "PLAINTEXT:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                List.of());
        near.start();
        return new ProxiedServers(
                near,
                kafka,
                new ServerProxy("HDFS", shared.hdfs()),
                new ServerProxy("Elasticsearch", shared.elasticsearch()));
    }

    /** Returns the address of Kafka without the proxy. */
    public String brokers() {
        return near.address();
    }

    /** Returns the proxy of Kafka. */
    public ServerProxy kafka() {
        return kafka;
    }

    /** Returns the proxy of the NameNode. */
    public ServerProxy hdfs() {
        return hdfs;
    }

    /** Returns the proxy of Elasticsearch. */
    public ServerProxy elasticsearch() {
        return elasticsearch;
    }

    /** Returns all proxies. */
    public List<ServerProxy> lines() {
        return List.of(kafka, hdfs, elasticsearch);
    }

    @Override
    public void close() {
        lines().forEach(ServerProxy::close);
        near.stop();
    }
}
