package io.wadi.bench;

import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures the throughput of a deduplicated topic and the memory of the process while the number of ids in the window
 * grows to ten million, and the time in which a restarted process has restored them.
 */
final class DeduplicationBench {
    private static final long IDS = 10_000_000;
    private static final long STEP = 1_000_000;
    private static final int EVENTS_PER_REQUEST = 100;
    private static final int CONNECTIONS = 64;
    /** The number of requests after a restart, of which each has events for all partitions. */
    private static final int FIRST_REQUESTS = 10;

    private static final Duration LENGTH = Duration.ofSeconds(5);
    private static final Duration MAX_DELAY = Duration.ofSeconds(10);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration RESTORATION_TIMEOUT = Duration.ofMinutes(10);

    private final BenchHome home;
    private final BenchServers servers;
    private final BenchTopic topic;
    private final String configuration;
    private final List<byte[]> requests;
    private final int port = Ports.free();
    private final ManagementPort management = new ManagementPort();
    private long acknowledged;
    private long unknown;

    private DeduplicationBench(BenchHome home, BenchServers servers, BenchTopic topic) throws IOException {
        this.home = home;
        this.servers = servers;
        this.topic = topic;
        this.configuration = IntakeTarget.configuration(
                home, "wadi", topic.declaration("{over: [events]}, deduplicate: {within: 1d, id: /id}"));
        this.requests = Requests.posting(topic.name(), EVENTS_PER_REQUEST, true);
    }

    /** Measures and prints. */
    static void run(Path project) throws Exception {
        BenchHome home = new BenchHome(project, "deduplication");
        home.clean();
        try (BenchServers servers = BenchServers.kafka(home.work().resolve("servers"));
                BenchTopic topic = BenchTopic.create(servers.brokers(), "deduplicated")) {
            DeduplicationBench bench = new DeduplicationBench(home, servers, topic);
            try (ServerProcess wadi = bench.start("filled")) {
                wadi.await(bench.management::isReady);
                bench.fill(wadi);
                bench.retry();
                wadi.stop();
            }
            bench.restart();
        }
    }

    /** Starts Wadi; the limit of ids allows a single client two thirds of it, and takes half of the direct memory. */
    private ServerProcess start(String round) throws IOException {
        return ServerProcess.start(
                home,
                round,
                List.of("-XX:MaxDirectMemorySize=2g", "-jar", home.jar().toString(), "--config", configuration),
                Map.of(
                        "WADI_KAFKA_BROKERS", servers.brokers(),
                        "WADI_HTTP_PORT", Integer.toString(port),
                        "WADI_MANAGEMENT_PORT", Integer.toString(management.number())));
    }

    /** Sends events with new ids. */
    private void fill(ServerProcess wadi) throws IOException, InterruptedException {
        print("no ids", wadi);
        try (OpenLoad load = new OpenLoad(port, Requests.withNewIds(requests), MAX_DELAY)) {
            for (long next = STEP; next <= IDS; next += STEP) {
                long first = acknowledged;
                long seconds = 0;
                while (acknowledged < next) {
                    OpenLoad.Result result = load.saturate(CONNECTIONS, LENGTH);
                    if (result.acknowledged() == 0) {
                        throw new IOException("No request of %s was acknowledged".formatted(LENGTH));
                    }
                    acknowledged += result.acknowledged() * EVENTS_PER_REQUEST;
                    unknown += result.notAcknowledged() * EVENTS_PER_REQUEST;
                    seconds += LENGTH.toSeconds();
                }
                print("%,d events/s".formatted((acknowledged - first) / seconds), wadi);
            }
        }
        System.out.printf(Locale.ROOT, "%,d events acknowledged, %,d others%n", acknowledged, unknown);
    }

    private void print(String what, ServerProcess wadi) throws IOException, InterruptedException {
        System.out.printf(
                Locale.ROOT,
                "%-20s %,12d ids, heap %.1f MiB, outside the heap %.1f MiB, resident %.0f MiB%n",
                what,
                ids(),
                management.heapMib(wadi),
                management.metric("jvm_buffer_memory_used_bytes{id=\"direct\"") / (1 << 20),
                wadi.residentMib());
    }

    private long ids() throws IOException, InterruptedException {
        return (long) management.metric("wadi_deduplication_partition_ids");
    }

    /** Sends the first events again; fails unless each is acknowledged and stored once. */
    private void retry() throws IOException {
        // A new supplier begins with the same ids.
        try (OpenLoad load = new OpenLoad(port, Requests.withNewIds(requests), MAX_DELAY)) {
            OpenLoad.Result result = load.saturate(CONNECTIONS, LENGTH);
            if (result.acknowledged() == 0) {
                throw new IOException("No request with known ids was acknowledged");
            }
            System.out.printf(
                    Locale.ROOT,
                    "%,.0f events/s with known ids, p99 %.0f ms, %,d requests not acknowledged%n",
                    result.goodput() * EVENTS_PER_REQUEST,
                    result.accepted.getValueAtPercentile(99) / 1e3,
                    result.notAcknowledged());
        }
        topic.checkCommitted(acknowledged, unknown);
    }

    /** Starts Wadi again; the first event of a partition begins the restoration of the partition's ids. */
    private void restart() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (ServerProcess wadi = start("restarted")) {
            wadi.await(management::isReady);
            long ready = System.nanoTime();
            try (OpenLoad load = new OpenLoad(port, Requests.withNewIds(requests), MAX_DELAY)) {
                load.offer(FIRST_REQUESTS, FIRST_REQUESTS, Duration.ofSeconds(1));
                wadi.await(() -> ids() >= acknowledged, POLL_INTERVAL, RESTORATION_TIMEOUT);
            }
            System.out.printf(
                    Locale.ROOT,
                    "restart: ready after %.1f s, all ids restored %.1f s later%n",
                    seconds(ready - begun),
                    seconds(System.nanoTime() - ready));
            print("restored", wadi);
            retry();
            wadi.stop();
        }
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
