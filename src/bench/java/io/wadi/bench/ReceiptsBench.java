package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures lookups of receipts per second, the heap used by waiting requests, and the time from a commit to the
 * response.
 */
final class ReceiptsBench implements AutoCloseable {
    static final String TOPIC = "followed";
    static final int PARTITIONS = 12;
    static final String GROUP = "bench-landing";

    private static final int RECORDS = 120_000;
    private static final int DISTINCT = 100_000;
    private static final int CONNECTIONS = 64;
    private static final int MANY_CONNECTIONS = 256;
    private static final int PER_REQUEST = 100;
    private static final int WAITING = 2_000;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration LENGTH = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BenchServers servers;
    private final ServerProcess wadi;
    private final int port = Ports.free();
    private final ManagementPort management = new ManagementPort();

    private ReceiptsBench(BenchHome home, BenchServers servers) throws IOException {
        this.servers = servers;
        Path configuration = home.work().resolve("config");
        List<String> names = new ArrayList<>(IntakeTarget.shipped(home));
        names.add("routes/landing.camel.yaml");
        home.copyConfiguration(names, configuration);
        Files.writeString(
                configuration.resolve("topics.yaml"),
                "  - {name: %s, partitions: %d, replication: 1, ingest: true}%n".formatted(TOPIC, PARTITIONS),
                StandardOpenOption.APPEND);
        // Connections stay idle during the collections before their requests, hence the timeout; one client may have
        // two thirds of the waiting requests.
        Files.writeString(
                configuration.resolve("application.properties"),
                """

                wadi.landing.topics=%s
                wadi.landing.group=%s
                wadi.landing.replication=1
                wadi.landing.roll-interval=1s
                wadi.http.headers-timeout=1m
                wadi.receipts.max-wait=10m
                wadi.receipts.max-waiting=3100
                """.formatted(TOPIC, GROUP),
                StandardOpenOption.APPEND);
        this.wadi = ServerProcess.start(
                home,
                "wadi",
                home.java("wadi", "512m"),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.wadi.Launch",
                        "--config",
                        configuration.toString()),
                Map.of(
                        "WADI_KAFKA_BROKERS", servers.brokers(),
                        "WADI_HDFS_URI", servers.hdfs(),
                        "WADI_HTTP_PORT", Integer.toString(port),
                        "WADI_MANAGEMENT_PORT", Integer.toString(management.number())));
    }

    /** Measures and prints. */
    static void run(Path project) throws Exception {
        BenchHome home = new BenchHome(project, "receipts");
        home.clean();
        try (BenchServers servers = BenchServers.kafkaAndHdfs(home.work().resolve("servers"));
                ReceiptsBench bench = new ReceiptsBench(home, servers)) {
            bench.wadi.await(bench.management::isReady);
            bench.lookUp();
            bench.hold();
            bench.answer();
            bench.wadi.stop();
        }
    }

    private void lookUp() throws Exception {
        send(RECORDS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.brokers()))) {
            wadi.await(() -> committed(admin) == RECORDS);
        }
        int each = RECORDS / PARTITIONS;
        SplittableRandom random = new SplittableRandom(1);
        lookUp("the same receipt", CONNECTIONS, 1, List.of(get(0, 0, 0)));
        lookUp(
                DISTINCT + " in order",
                CONNECTIONS,
                1,
                IntStream.range(0, DISTINCT)
                        .mapToObj(i -> get(i % PARTITIONS, i / PARTITIONS, 0))
                        .toList());
        for (int connections : List.of(CONNECTIONS, MANY_CONNECTIONS)) {
            lookUp(
                    DISTINCT + " at random",
                    connections,
                    1,
                    IntStream.range(0, DISTINCT)
                            .mapToObj(any -> get(random.nextInt(PARTITIONS), random.nextInt(each), 0))
                            .toList());
        }
        lookUp(
                PER_REQUEST + " at random per request",
                CONNECTIONS,
                PER_REQUEST,
                IntStream.range(0, DISTINCT / PER_REQUEST)
                        .mapToObj(any -> post(IntStream.range(0, PER_REQUEST)
                                .mapToObj(one -> "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d}"
                                        .formatted(TOPIC, random.nextInt(PARTITIONS), random.nextInt(each)))
                                .collect(Collectors.joining(",", "[", "]"))))
                        .toList());
    }

    private static long committed(Admin admin) throws IOException, InterruptedException {
        return CommittedOffsets.of(admin, GROUP).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void send(int records) {
        byte[] value = Requests.events().get(0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers.brokers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, value));
            }
        }
    }

    /** As it goes over the wire. */
    static byte[] get(int partition, long offset, int waitSeconds) {
        return "GET /receipts/%s/%d/%d?wait=%ds HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .formatted(TOPIC, partition, offset, waitSeconds)
                .getBytes(US_ASCII);
    }

    private static byte[] post(String body) {
        return "POST /receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body)
                .getBytes(US_ASCII);
    }

    private void lookUp(String what, int connections, int perRequest, List<byte[]> requests) throws IOException {
        try (OpenLoad load = new OpenLoad(port, Requests.inTurn(requests), PATIENCE)) {
            load.saturate(connections, WARM_UP);
            ServerProcess.Mark begin = wadi.mark();
            OpenLoad.Result result = load.saturate(connections, LENGTH);
            ServerProcess.Spent spent = wadi.since(begin);
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %3d connections %,9.0f lookups/s, p50 %,.1f ms, p99 %,.1f ms, %,.0f us of CPU each, %,.0f of them the compilers', %d failed%n",
                    what,
                    connections,
                    result.goodput() * perRequest,
                    result.accepted.getValueAtPercentile(50) / 1e3,
                    result.accepted.getValueAtPercentile(99) / 1e3,
                    spent.cpuSeconds() * 1e6 / result.accepted.getTotalCount() / perRequest,
                    spent.compilersSeconds() * 1e6 / result.accepted.getTotalCount() / perRequest,
                    result.failures() + result.refused.getTotalCount());
        }
    }

    /** Holds requests for a record that landing does not take meanwhile. */
    private void hold() throws Exception {
        put("pause");
        send(PARTITIONS);
        long offset = RECORDS / PARTITIONS;
        double before = management.heapMib(wadi);
        List<byte[]> requests = IntStream.range(0, WAITING)
                .mapToObj(i -> get(i % PARTITIONS, offset, 300))
                .toList();
        try (HeldConnections held = new HeldConnections(port, WAITING)) {
            double connected = management.heapMib(wadi);
            long threads = threads();
            held.send(requests);
            wadi.await(() -> management.metric("wadi_ingest_inflight_requests") >= WAITING);
            double waiting = management.heapMib(wadi);
            ServerProcess.Mark begin = wadi.mark();
            TimeUnit.NANOSECONDS.sleep(LENGTH.toNanos());
            ServerProcess.Spent spent = wadi.since(begin);
            System.out.printf(
                    Locale.ROOT,
                    "%,d requests wait: heap %.1f MiB, %.1f with their connections, %.1f with the requests; threads %d, then %d; %.2f cores, %.2f of them the compilers'%n",
                    WAITING,
                    before,
                    connected,
                    waiting,
                    threads,
                    threads(),
                    spent.cpuSeconds() / LENGTH.toSeconds(),
                    spent.compilersSeconds() / LENGTH.toSeconds());
            put("resume");
            held.awaitAnswers();
        }
    }

    /** Pauses or resumes landing; returns when its tasks have done so, which is later than the route's own state. */
    private void put(String action) throws IOException, InterruptedException {
        management.put("/connectors/landing/" + action);
        String former = action.equals("pause") ? "\"RUNNING\"" : "\"PAUSED\"";
        wadi.await(() -> !management.get("/connectors/landing/status").contains(former));
    }

    private long threads() throws IOException, InterruptedException {
        return (long) management.metric("jvm_threads_live_threads");
    }

    private void answer() throws Exception {
        System.out.println(new ReceiptLatency(servers.brokers(), port).measure(Duration.ofSeconds(60)));
    }

    @Override
    public void close() {
        wadi.close();
    }
}
