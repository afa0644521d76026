package io.wadi.testing;

import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.netcrusher.core.reactor.NioReactor;
import org.netcrusher.core.throttle.Throttler;
import org.netcrusher.tcp.TcpCrusher;
import org.netcrusher.tcp.TcpCrusherBuilder;

/**
 * A Kafka, and HDFS and Elasticsearch of the test run, each behind a line that a test slows down, silences and breaks. Of HDFS that
 * is the NameNode alone. Checks from outside connect to the servers themselves.
 */
public final class FarServers implements AutoCloseable {
    private final LocalKafka near;
    private final NioReactor reactor;
    private final Line kafka;
    private final Line hdfs;
    private final Line elasticsearch;

    private FarServers(LocalKafka near, NioReactor reactor, Line kafka, Line hdfs, Line elasticsearch) {
        this.near = near;
        this.reactor = reactor;
        this.kafka = kafka;
        this.hdfs = hdfs;
        this.elasticsearch = elasticsearch;
    }

    /** Starts a Kafka that keeps everything in this directory, and the lines. */
    public static FarServers start(Path directory) throws IOException {
        ServerPorts shared = TestServers.shared().ports();
        NioReactor reactor = new NioReactor();
        int port = Ports.free();
        int far = Ports.free();
        Line kafka = new Line("Kafka", reactor, far);
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
        return new FarServers(
                near,
                reactor,
                kafka,
                new Line("HDFS", reactor, shared.hdfs()),
                new Line("Elasticsearch", reactor, shared.elasticsearch()));
    }

    /** Kafka itself, without a proxy. */
    public String brokers() {
        return near.address();
    }

    /** The line to Kafka. */
    public Line kafka() {
        return kafka;
    }

    /** The line to the NameNode. */
    public Line hdfs() {
        return hdfs;
    }

    /** The line to Elasticsearch. */
    public Line elasticsearch() {
        return elasticsearch;
    }

    /** All of them. */
    public List<Line> lines() {
        return List.of(kafka, hdfs, elasticsearch);
    }

    @Override
    public void close() {
        lines().forEach(each -> each.crusher.close());
        reactor.close();
        near.stop();
    }

    /** The connections to one server. */
    public static final class Line {
        private final String name;
        private final int port = Ports.free();
        private final TcpCrusher crusher;
        private volatile long delayNanos = Throttler.NO_DELAY_NS;

        private Line(String name, NioReactor reactor, int server) {
            this.name = name;
            crusher = TcpCrusherBuilder.builder()
                    .withReactor(reactor)
                    .withBindAddress("127.0.0.1", port)
                    .withConnectAddress("127.0.0.1", server)
                    .withTcpNoDelay(true)
                    .withIncomingThrottlerFactory(client -> bytes -> delayNanos)
                    .withOutgoingThrottlerFactory(client -> bytes -> delayNanos)
                    .buildAndOpen();
        }

        /** The server's name. */
        public String name() {
            return name;
        }

        /** The port on this side. */
        public int port() {
            return port;
        }

        /** From now on what is sent, either way, comes so much later; not at all where it is zero. */
        public void slowDown(Duration delay) {
            delayNanos = delay.isZero() ? Throttler.NO_DELAY_NS : delay.toNanos();
        }

        /** Nothing gets through, and connections stay open; new ones are not taken. */
        public void blackhole() {
            crusher.freeze();
        }

        /** Everything gets through again, including delayed data. */
        public void restore() {
            crusher.unfreeze();
        }

        /** Ends all connections; new ones are taken. */
        public void breakConnections() {
            crusher.closeAllPairs();
        }
    }
}
