package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.EventLoad;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.util.function.ThrowingRunnable;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.awaitility.core.ConditionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wadi's roles in separate processes under load, for tests that kill processes and servers. Topic, directory, index and
 * groups have the name of the drill. The oracle: each event with a receipt is in HDFS once and in the index once.
 */
final class Drill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Drill.class);
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final int CLIENTS = 10;
    private static final int A_SECOND = 20;
    private static final int PARTITIONS = 3;

    private final String name;
    private final Path topics;
    private final Servers servers;
    /** The checkout with the jar that the next processes run; empty for this version. */
    private Path checkout = Path.of("");

    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<Integer> receipted = new HashSet<>();
    private final Set<Integer> sentAgain = new HashSet<>();
    private final List<String> log = new ArrayList<>();
    private final List<RouteProcess> processes = new ArrayList<>();
    /** The loads by the port to which they send. */
    private final Map<Integer, EventLoad> loads = new TreeMap<>();

    /** An ingest process with its event port and management port. */
    record Ingest(RouteProcess process, int port, int management) {}

    /**
     * The servers that the processes use.
     *
     * @param elasticsearch {@code host:port} for the processes
     * @param files opens an HDFS client for a check, which closes it
     * @param index the client that checks the index
     * @param options the options of each process, such as the address of HDFS
     */
    record Servers(
            String brokers,
            String elasticsearch,
            ThrowingSupplier<FileSystem, IOException> files,
            ElasticsearchProbe index,
            List<String> options) {
        /** Returns the shared servers of the test run. */
        static Servers shared() {
            ServerPorts ports = TestServers.shared().ports();
            return new Servers(
                    ports.kafkaBrokers(),
                    ports.elasticsearchHosts(),
                    HdfsProbe::open,
                    new ElasticsearchProbe(ports.elasticsearchUrl()),
                    List.of("-Dwadi.hdfs.uri=" + ports.hdfsUri(), "-Dwadi.landing.replication=1"));
        }

        Servers withKafka(String addresses) {
            return new Servers(addresses, elasticsearch, files, index, options);
        }

        Servers withElasticsearch(String hosts, String url) {
            return new Servers(brokers, hosts, files, new ElasticsearchProbe(url), options);
        }

        Servers withHdfs(ThrowingSupplier<FileSystem, IOException> client, String... further) {
            return new Servers(brokers, elasticsearch, client, index, List.of(further));
        }

        /** Returns these servers with options by which processes use other addresses than the checks. */
        Servers withOptions(String... further) {
            return new Servers(
                    brokers,
                    elasticsearch,
                    files,
                    index,
                    Stream.concat(options.stream(), Stream.of(further)).toList());
        }
    }

    /**
     * Creates a drill without processes.
     *
     * @param directory the directory for its files
     */
    Drill(String name, Path directory, Servers servers) throws IOException {
        this.name = name;
        this.servers = servers;
        topics = Files.writeString(directory.resolve(name + "-topics.yaml"), """
                topics:
                  - {name: %s, partitions: %d, ingest: {over: [events]}}
                  - {name: wadi.dead-letter, partitions: 1}
                """.formatted(name, PARTITIONS));
    }

    // ---- processes

    /** Sets the checkout of another version, with the jar that later processes run. */
    void startFrom(Path another) {
        checkout = another;
    }

    /** Starts a process of one role, which {@link #close} ends. */
    RouteProcess start(String route) throws IOException {
        return start(route, Ports.free(), Ports.free());
    }

    private RouteProcess start(String route, int port, int management) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Dwadi.kafka.brokers=" + servers.brokers(),
                "-Dwadi.elasticsearch.hosts=" + servers.elasticsearch(),
                "-Dwadi.http.port=" + port,
                "-Dwadi.management.port=" + management,
                "-Dwadi.topics-file=" + topics,
                "-Dwadi.landing.topics=" + name,
                "-Dwadi.landing.group=" + name + "-landing",
                "-Dwadi.landing.directory=/" + name,
                "-Dwadi.landing.roll-interval=1s",
                "-Dwadi.indexing.topic=" + name,
                "-Dwadi.indexing.index=" + name,
                "-Dwadi.indexing.group=" + name + "-indexing"));
        options.addAll(servers.options());
        RouteProcess started = checkout.equals(Path.of(""))
                ? RouteProcess.start(route, line -> {}, options)
                : RouteProcess.startOf(checkout, route, line -> {}, options);
        processes.add(started);
        return started;
    }

    /** Starts an ingest process and waits until it accepts events. */
    Ingest startIngest() throws IOException {
        return startIngest(Ports.free(), Ports.free());
    }

    /** Starts an ingest process on the ports of one that has ended. */
    Ingest startIngest(Ingest gone) throws IOException {
        return startIngest(gone.port(), gone.management());
    }

    private Ingest startIngest(int port, int management) throws IOException {
        RouteProcess process = start("web-events", port, management);
        await("ingest, see " + process.log()).atMost(LONG).until(() -> accepts(port));
        return new Ingest(process, port, management);
    }

    /**
     * Starts an ingest process, clients and processes of these roles, and waits until events are landed and indexed.
     */
    void begin(String... roles) throws Exception {
        sendTo(startIngest().port());
        for (String role : roles) {
            start(role);
        }
        recover("nothing happened", () -> {});
    }

    /** Starts clients that send to a port, until {@link #end} or until the port is closed. */
    void sendTo(int port) {
        loads.put(port, EventLoad.start(port, name, CLIENTS, A_SECOND, numbers));
    }

    /** Starts clients that also repeat requests without a response until they get one. */
    EventLoad sendAgainTo(int port) {
        EventLoad load = EventLoad.startStubborn(port, name, CLIENTS, A_SECOND, numbers);
        loads.put(port, load);
        return load;
    }

    private boolean accepts(int port) throws InterruptedException {
        try {
            return Http.post(
                                    "http://localhost:" + port + "/events/" + name,
                                    "{\"number\":-1}".getBytes(UTF_8),
                                    "Content-Type",
                                    "application/json")
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Stops the clients of a port and returns their results. */
    EventLoad end(int port) throws InterruptedException {
        EventLoad load = loads.remove(port);
        load.close();
        receipted.addAll(load.receipted());
        sentAgain.addAll(load.sentAgain());
        return load;
    }

    /** Returns the consumer groups of the drill. */
    List<String> groups() {
        return List.of(name + "-landing", name + "-indexing");
    }

    // ---- progress

    /** Returns the number of events with a receipt. */
    long receipted() {
        return receipted.size()
                + loads.values().stream()
                        .mapToLong(each -> each.receipted().size())
                        .sum();
    }

    private long inKafka() throws Exception {
        return TopicProbe.ends(servers.brokers(), name).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns the number of offsets in HDFS. */
    long landed() throws IOException {
        try (FileSystem files = servers.files().get()) {
            return TopicFiles.coveredOffsets(files, "/" + name, name).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private int indexed() throws IOException, InterruptedException {
        return servers.index().ids(name).size();
    }

    /** Waits with I/O errors ignored, because servers can be unavailable. */
    private static ConditionFactory until(String what) {
        return await(what).atMost(LONG).ignoreExceptionsInstanceOf(IOException.class);
    }

    /** Waits for as many further events with a receipt as the clients send per second. */
    void awaitMore(String what) {
        long more = receipted() + CLIENTS * A_SECOND;
        until(what).until(() -> receipted() >= more);
    }

    /** Runs a fault, waits until later events are landed and indexed, and prints the durations. */
    void recover(String what, ThrowingRunnable<Exception> fault) throws Exception {
        long begin = System.nanoTime();
        fault.run();
        awaitMore(what);
        double taken = seconds(begin);
        long to = inKafka();
        until(what).until(() -> landed() >= to);
        double landing = seconds(begin);
        until(what).until(() -> indexed() >= to);
        print("%s: %d events with a receipt %.1f s later; all up to then landed after %.1f s, indexed after %.1f s"
                .formatted(what, CLIENTS * A_SECOND, taken, landing, seconds(begin)));
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Adds a line to the log of the drill. */
    private void print(String line) {
        log.add(line);
        LOG.info(line);
    }

    // ---- the oracle

    /** Stops all load, waits for the backlog, and checks the oracle. */
    void check() throws Exception {
        for (int port : List.copyOf(loads.keySet())) {
            end(port);
        }
        Map<String, Integer> inKafka = numbersInKafka();
        until("landed").until(() -> landed() >= inKafka.size());
        until("indexed").until(() -> indexed() >= inKafka.size());

        assertThat(inKafka.values()).as("of %d events in Kafka", inKafka.size()).containsAll(receipted);
        Map<Integer, Integer> sentTimes = new TreeMap<>();
        inKafka.values().forEach(number -> sentTimes.merge(number, 1, Integer::sum));
        assertThat(landedTimes()).as("times that each number is in HDFS").isEqualTo(sentTimes);
        assertThat(sentTimes.entrySet().stream()
                        .filter(each -> each.getKey() >= 0 && each.getValue() > 1)
                        .map(Map.Entry::getKey))
                .as("numbers that occur twice")
                .isSubsetOf(sentAgain);
        assertThat(new TreeSet<>(servers.index().ids(name))).isEqualTo(new TreeSet<>(inKafka.keySet()));
        print("%d events have a receipt, %d are in Kafka, HDFS and the index once, %d were sent again"
                .formatted(receipted.size(), inKafka.size(), sentAgain.size()));
        LOG.info("{}", String.join("\n", log));
        assertThat(receipted).hasSizeGreaterThan(1_000);
    }

    private Map<Integer, Integer> landedTimes() throws IOException {
        Map<Integer, Integer> times = new TreeMap<>();
        try (FileSystem files = servers.files().get()) {
            TopicFiles.forEach(
                    files,
                    "/" + name,
                    name,
                    file -> file.lines().forEach(line -> times.merge(number(line), 1, Integer::sum)));
        }
        return times;
    }

    /** Returns the number in each record, by document id. */
    private Map<String, Integer> numbersInKafka() {
        Map<String, Integer> byId = new TreeMap<>();
        KafkaProbe.forEach(
                servers.brokers(),
                name,
                each -> byId.put(
                        "%s+%d+%d".formatted(name, each.partition(), each.offset()),
                        number(new String(each.value(), UTF_8))));
        return byId;
    }

    private static int number(String event) {
        try {
            return new ObjectMapper().readTree(event).get("number").asInt();
        } catch (IOException e) {
            throw new IllegalArgumentException(event, e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (EventLoad each : loads.values()) {
            each.close();
        }
        processes.forEach(RouteProcess::close);
    }
}
