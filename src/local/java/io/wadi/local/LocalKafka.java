package io.wadi.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker with its KRaft controller in this JVM, on 127.0.0.1 and advertised as {@code localhost}. Topics are
 * not created automatically, and have three partitions by default.
 *
 * <p>Acknowledged records survive a crash of this process, but not of the machine.
 */
public final class LocalKafka implements LocalServer {
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;
    private final List<String> formatting;
    private final String clusterId;
    private KafkaRaftServer server;
    private volatile boolean hasFailed;

    /**
     * Creates a broker without starting it.
     *
     * @param directory the data directory, formatted by the first start
     * @param port the port of the listener for clients
     */
    public LocalKafka(Path directory, int port) {
        this(directory, port, Map.of(), List.of());
    }

    /** Creates a broker with additional settings and arguments of {@code kafka-storage format}. */
    public LocalKafka(Path directory, int port, Map<String, String> settings, List<String> formatting) {
        this(directory, port, settings, formatting, Uuid.randomUuid().toString());
    }

    /** Creates a broker of a cluster. */
    public LocalKafka(
            Path directory, int port, Map<String, String> settings, List<String> formatting, String clusterId) {
        this.clusterId = clusterId;
        this.directory = directory.toAbsolutePath();
        this.port = port;
        this.settings = settings;
        this.formatting = formatting;
    }

    @Override
    public String name() {
        return "Kafka";
    }

    @Override
    public String address() {
        return "localhost:" + port;
    }

    @Override
    public synchronized void start() throws IOException {
        if (server != null) {
            return;
        }
        // A broker that fails would end this JVM, which must stop other servers first: see running().
        Exit.setExitProcedure((status, message) -> hasFailed = true);
        Exit.setHaltProcedure((status, message) -> hasFailed = true);
        hasFailed = false;
        Properties properties = properties(Ports.free());
        format(properties);
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            stop();
            throw new IOException("Kafka did not start on port " + port + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        server.shutdown();
        server.awaitShutdown();
        server = null;
    }

    @Override
    public synchronized boolean running() {
        return server != null && !hasFailed;
    }

    private Properties properties(int controllerPort) {
        Properties p = settings("127.0.0.1", port, controllerPort);
        p.setProperty("log.dirs", logs().toString());
        p.putAll(settings);
        return p;
    }

    /**
     * Returns the settings of a broker for tests, without its log directory.
     *
     * @param bind the address of the listener for clients, which is advertised as {@code localhost}
     */
    public static Properties settings(String bind, int port, int controllerPort) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listeners", "PLAINTEXT://" + bind + ":" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "PLAINTEXT://localhost:" + port);
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("num.partitions", "3");
        p.setProperty("default.replication.factor", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("offsets.topic.num.partitions", "8");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.num.partitions", "8");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "4");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        // A group's first member does not wait for others; the default is 3 s.
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // Allows tests with short session timeouts.
        p.setProperty("group.min.session.timeout.ms", "500");
        p.setProperty("group.consumer.min.session.timeout.ms", "500");
        p.setProperty("group.consumer.min.heartbeat.interval.ms", "100");
        // Aborts expired transactions, which block readers, sooner than after the default of 10 s.
        p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // The default backoff of the log cleaner is 15 s.
        p.setProperty("log.cleaner.backoff.ms", "1000");
        // The default is 128 MiB of heap.
        p.setProperty("log.cleaner.dedupe.buffer.size", "8388608");
        return p;
    }

    private void format(Properties properties) throws IOException {
        if (Files.exists(logs().resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(logs());
        Path file = directory.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "Created by the first start");
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        List<String> arguments = new ArrayList<>(List.of("format", "-t", clusterId, "-c", file.toString()));
        arguments.addAll(formatting);
        try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            if (StorageTool.execute(arguments.toArray(String[]::new), out) != 0) {
                throw new IOException(
                        "Kafka could not format " + logs() + ": " + output.toString(StandardCharsets.UTF_8));
            }
        }
    }

    private Path logs() {
        return directory.resolve("data");
    }
}
