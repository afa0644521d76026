package io.wadi.ingest.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Heap;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends random and invalid requests to the event port: every response is valid HTTP and matches Kafka's content, and
 * afterwards Wadi uses no more resources than before. {@code -Dtest.seed=…} repeats a run, {@code -Dtest.requests=…}
 * sets the number of requests.
 */
class BadInputIT {
    private static final int CLIENTS = 16;
    private static final long GROWTH_BYTES = 32L << 20;
    /** Far more than there are clients, but so few that requests that are never released cause a 503. */
    private static final String IN_FLIGHT = "128";
    /**
     * For pools that Kafka, HDFS and the JVM may grow; a leaked thread per request or connection would exceed it by
     * far.
     */
    private static final int MORE_THREADS = 12;

    private static final Set<String> SENT_TO = Set.of(
            RandomRequests.PLAIN,
            RandomRequests.STRICT,
            RandomRequests.KEPT,
            RandomRequests.SELECT,
            RandomRequests.CLOSED,
            "wadi.dead-letter");
    /**
     * Retention is unlimited: Kafka would delete records with old timestamps once they are alone in their segment.
     * Topics are open to requests with headers of proxies and origins of other sites.
     */
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, retention: forever}
              - {name: fuzz-plain, partitions: 3, replication: 1, retention: forever, ingest: {over: [events, topics, pixel], headers: [x-tenant], keys: [anyone]}}
              - {name: fuzz-strict, partitions: 3, replication: 1, retention: forever, ingest: {over: [events], schema: event.json, key: /id, keys: [anyone]}}
              - {name: fuzz-kept, partitions: 3, replication: 1, retention: forever, ingest: {over: [events], schema: event.json, invalid: dead-letter, keys: [anyone]}}
              - {name: fuzz-select, partitions: 1, replication: 1, retention: forever, ingest: {over: [select, pixel]}}
              - {name: fuzz-closed, partitions: 1, replication: 1, retention: forever}
              - {name: wadi.dead-letter, partitions: 1, replication: 1, retention: forever}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    /** Starts Wadi with timeouts of ten times the defaults, so that no 503 is expected even on a busy machine. */
    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("event.json"), EventOfSchema.SCHEMA);
        wadi = RunningWadi.startIngest(Map.ofEntries(
                Map.entry(
                        "wadi.topics-file",
                        Files.writeString(directory.resolve("topics.yaml"), TOPICS)
                                .toString()),
                Map.entry("wadi.web-events.topic", RandomRequests.SELECT),
                Map.entry("wadi.pixel.topic", RandomRequests.SELECT),
                Map.entry("wadi.ingest.acknowledgement-timeout", "30s"),
                Map.entry("wadi.ingest.max-event-loop-delay", "10s"),
                Map.entry("wadi.ingest.max-in-flight-requests", IN_FLIGHT),
                Map.entry("wadi.ingest.max-in-flight-bytes", "32MiB"),
                Map.entry("wadi.ingest.max-event", "64KiB"),
                Map.entry("wadi.http.max-body", "256KiB"),
                Map.entry("wadi.http.max-stream", "1MiB"),
                Map.entry("wadi.http.max-compression-ratio", "50")));
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void badInput_isAnswered_andKafkaMatchesTheResponses() throws Exception {
        run(Integer.getInteger("test.requests", 3_000));
    }

    @Test
    @Nightly(perChange = "BadInputIT#badInput_isAnswered_andKafkaMatchesTheResponses")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void badInput_ofAHundredThousandRequests_leavesNoResourcesInUse() throws Exception {
        run(Integer.getInteger("test.requests", 120_000));
    }

    private static void run(int requests) throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.printf("Bad input: %,d requests, -Dtest.seed=%d%n", requests, seed);
        await().until(() ->
                Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode() == 200);
        Tally tally = new Tally();
        StoredRecords stored = new StoredRecords(SENT_TO, tally);
        long begun = System.nanoTime();
        List<Path> ledgers = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);

        send(requests / 10, random, ledgers, tally);
        Size early = Size.now();
        send(requests - requests / 10, random, ledgers, tally);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        stored.compare(ledgers);

        System.out.printf("Bad input: %s in %d s; %s, then %s%n", tally, took.toSeconds(), early, Size.now());
        assertThat(tally.wrong()).as("seed %d", seed).isEmpty();
        assertThat(tally.of("status 503")).isZero();
        assertThat(tally.of("valid events answered")).isGreaterThan(requests / 4);
        assertThat(tally.of("records in " + RandomRequests.CLOSED)).isZero();
        await().untilAsserted(() -> {
            Scrape scrape = Scrape.of(wadi);
            assertThat(scrape.sum("wadi_ingest_connections")).isZero();
            assertThat(scrape.sum("wadi_ingest_inflight_requests")).isZero();
            assertThat(scrape.sum("wadi_ingest_inflight_bytes")).isZero();
        });
        // The figures include servers in this JVM: these release their memory after a while, a leak of Wadi remains.
        await().pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            Size late = Size.now();
            assertThat(late.heapBytes()).isLessThan(early.heapBytes() + GROWTH_BYTES);
            assertThat(late.bufferBytes()).isLessThan(early.bufferBytes() + GROWTH_BYTES);
            assertThat(late.threads()).isLessThan(early.threads() + MORE_THREADS);
        });
    }

    private static void send(int requests, SplittableRandom random, List<Path> ledgers, Tally tally) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Path file = Files.createTempFile(directory, "ledger", "");
                ledgers.add(file);
                SplittableRandom own = random.split();
                clients.add(threads.submit(() -> {
                    try (Ledger ledger = new Ledger(file)) {
                        new FuzzClient(port(), own, ledger, tally).run(requests / CLIENTS + 1);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static int port() {
        return URI.create(wadi.eventsUrl()).getPort();
    }

    /** The heap after a full garbage collection, the direct buffers and the threads of this JVM. */
    private record Size(long heapBytes, long bufferBytes, int threads) {
        static Size now() {
            return new Size(
                    Heap.used(),
                    directBytes(),
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        private static long directBytes() {
            return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
        }

        @Override
        public String toString() {
            return "%d MiB of heap, %d MiB of buffers, %d threads"
                    .formatted(heapBytes >> 20, bufferBytes >> 20, threads);
        }
    }
}
