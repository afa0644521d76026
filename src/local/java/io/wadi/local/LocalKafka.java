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
 * not created by being used, and have three partitions where nobody says otherwise.
 *
 * <p>Acknowledged records survive the death of this process, as on any broker with one replica; not that of the machine.
 */
public final class LocalKafka implements LocalServer {
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;
    private final List<String> formatting;
    private final String clusterId;
    private KafkaRaftServer server;
    private volatile boolean gaveUp;

    /**
     * A broker that is not started yet.
     *
     * @param directory keeps everything; formatted by the first start
     * @param port of the listener for clients
     */
    public LocalKafka(Path directory, int port) {
        this(directory, port, Map.of(), List.of());
    }

    /** One with settings that differ, and with further arguments of {@code kafka-storage format}. */
    public LocalKafka(Path directory, int port, Map<String, String> settings, List<String> formatting) {
        this(directory, port, settings, formatting, Uuid.randomUuid().toString());
    }

    /** One of several in a cluster, which have its id in common. */
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
        // A broker that cannot go on ends its JVM. Ours has other servers to stop first: see running().
        Exit.setExitProcedure((status, message) -> gaveUp = true);
        Exit.setHaltProcedure((status, message) -> gaveUp = true);
        gaveUp = false;
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
        return server != null && !gaveUp;
    }

    private Properties properties(int controllerPort) {
        Properties p = settings("127.0.0.1", port, controllerPort);
        p.setProperty("log.dirs", logs().toString());
        p.putAll(settings);
        return p;
    }

    /**
     * What a broker for tests is set to, but for the directory of its log.
     *
     * @param bind the address it listens at for clients, who are told {@code localhost}
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
        // The first member of a group need not wait for others: the default is 3 s.
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // Lets a test wait for seconds, not for a minute, until a dead member's partitions go to another.
        p.setProperty("group.min.session.timeout.ms", "500");
        // By default it looks every 10 s whether there are transactions to abort, before which readers stand.
        p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // By default it looks every 15 s whether there is something to compact.
        p.setProperty("log.cleaner.backoff.ms", "1000");
        // By default 128 MiB of heap.
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
            properties.store(writer, "As of the first start");
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        List<String> arguments = new ArrayList<>(List.of("format", "-t", clusterId, "-c", file.toString()));
        arguments.addAll(formatting);
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            if (StorageTool.execute(arguments.toArray(String[]::new), out) != 0) {
                throw new IOException(
                        "Kafka could not format " + logs() + ": " + said.toString(StandardCharsets.UTF_8));
            }
        }
    }

    private Path logs() {
        return directory.resolve("data");
    }
}
