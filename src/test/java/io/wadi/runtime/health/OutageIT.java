package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.ChildJvm;
import io.wadi.local.HdfsProcess;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.Browser;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnElasticsearch;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.StartedServers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.camel.util.function.ThrowingRunnable;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped pipeline on servers of its own that are frozen, killed or full, one after another. Each time only the
 * check of that server reports the outage, every health request gets a response, no threads are leaked, and the
 * pipeline recovers by itself. The durations are printed.
 */
@Nightly(perChange = {"HealthStateTest", "MonitoredDependencyTest", "ServerChecksTest"})
class OutageIT {
    /** More requests than the management port has threads, so that all these threads exist before an outage. */
    private static final int REQUESTS = 50;

    private static final String INDEX = "select-color-index";

    private static KafkaProcess kafka;
    private static HdfsProcess hdfs;
    private static OwnElasticsearch elasticsearch;
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        CompletableFuture<OwnElasticsearch> third = begin(OwnElasticsearch::start);
        CompletableFuture<HdfsProcess> second =
                begin(() -> HdfsProcess.start(Files.createDirectory(directory.resolve("hdfs"))));
        kafka = KafkaProcess.start(Files.createDirectory(directory.resolve("kafka")));
        hdfs = second.join();
        elasticsearch = third.join();
        wadi = RunningWadi.startOn(Map.ofEntries(
                Map.entry("wadi.kafka.brokers", kafka.brokers()),
                Map.entry("wadi.hdfs.uri", hdfs.uri()),
                Map.entry("wadi.elasticsearch.hosts", elasticsearch.hosts()),
                Map.entry("wadi.landing.roll-interval", "1s"),
                Map.entry("wadi.landing.replication", "1"),
                Map.entry("wadi.health.probe-interval", "500ms"),
                Map.entry("wadi.health.probe-timeout", "5s"),
                Map.entry("wadi.health.down-after", "1s"),
                Map.entry("wadi.health.up-after", "500ms"),
                Map.entry("wadi.health.min-hdfs-space", "1MiB"),
                Map.entry("wadi.alerts.enabled", "true"),
                Map.entry(
                        "wadi.streams.state-directory",
                        directory.resolve("streams").toString())));
        for (String check :
                List.of("wadi-kafka", "wadi-kafka-topics", "wadi-hdfs", "wadi-elasticsearch", "wadi-streams-alerts")) {
            await(check).atMost(ChildJvm.START_TIMEOUT).until(() -> isUp(check));
        }
        for (int i = 0; i < REQUESTS; i++) {
            status("/ready");
        }
    }

    private static <T> CompletableFuture<T> begin(Callable<T> start) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return start.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, elasticsearch, hdfs, kafka);
    }

    @Test
    void kafkaFrozen_isReported_andRecovers() throws Exception {
        outage(
                "Kafka frozen",
                "wadi-kafka",
                kafka::freeze,
                503,
                kafka::thaw,
                "no response since",
                "failed to write a record");
    }

    @Test
    void kafkaKilled_isReported_andRecovers() throws Exception {
        outage(
                "Kafka killed",
                "wadi-kafka",
                kafka::kill,
                503,
                kafka::startAgain,
                "failed to write a record",
                "no response since");
    }

    @Test
    void kafkaTopicDeleted_isReported_andRecovers() throws Exception {
        outage(
                "Kafka: topic deleted",
                "wadi-kafka-topics",
                () -> asKafka(admin ->
                        admin.deleteTopics(List.of("card.payments")).all().get()),
                200,
                () -> asKafka(admin -> admin.createTopics(List.of(new NewTopic("card.payments", 3, (short) 1)))
                        .all()
                        .get()),
                "topic card.payments does not exist: it was deleted or never created; ./wadi topics apply creates it");
    }

    /** Only this check detects the state: Kafka Streams itself reports RUNNING. */
    @Test
    void kafkaFrozenUnderKafkaStreams_isReported_andRecovers() throws Exception {
        outage(
                "Kafka frozen: Kafka Streams",
                "wadi-streams-alerts",
                kafka::freeze,
                503,
                kafka::thaw,
                "no response since",
                "the lag of group wadi-alerts is unknown: TimeoutException");
    }

    @Test
    void hdfsFrozen_isReported_andRecovers() throws Exception {
        outage("HDFS frozen", "wadi-hdfs", hdfs::freeze, 200, hdfs::thaw, "no response since");
    }

    @Test
    void hdfsKilled_isReported_andRecovers() throws Exception {
        outage("HDFS killed", "wadi-hdfs", hdfs::kill, 200, hdfs::startAgain, "refused", "Exception");
    }

    @Test
    void hdfsFull_isReported_andRecovers() throws Exception {
        outage(
                "HDFS full (quota)",
                "wadi-hdfs",
                () -> spaceQuota(1),
                200,
                () -> spaceQuota(HdfsConstants.QUOTA_RESET),
                "The DiskSpace quota of /data is exceeded");
    }

    @Test
    void hdfsInSafeMode_isReported_andRecovers() throws Exception {
        outage(
                "HDFS in safe mode",
                "wadi-hdfs",
                () -> safeMode(SafeModeAction.ENTER),
                200,
                () -> safeMode(SafeModeAction.LEAVE),
                "Name node is in safe mode");
    }

    @Test
    void page_showsTheUnavailableServer_andItsRecovery() throws Exception {
        Browser browser = Browser.shared();
        awaitReadableTopics();
        browser.show(wadi.managementUrl() + "/");
        browser.soon("#link", shown -> shown.startsWith("live"));

        safeMode(SafeModeAction.ENTER);
        try {
            browser.soon("#headline-title", shown -> shown.isEqualTo("HDFS is down"));
            assertThat(browser.text("#causes")).contains("safe mode");
            assertThat(browser.run("return document.querySelector('#sinks [data-key=landing] .node').dataset.state"))
                    .isEqualTo("failed");
            browser.screenshot(
                    Files.createDirectories(Path.of("target/screenshots")).resolve("incident.png"));
        } finally {
            safeMode(SafeModeAction.LEAVE);
        }
        browser.soon("#headline-title", shown -> shown.isNotEmpty().doesNotContain("HDFS"));
        assertThat(browser.console()).isEmpty();
    }

    /** After an outage of Kafka, the page's reads of topics may recover later than the health check. */
    private static void awaitReadableTopics() {
        for (String path : List.of("/api/cluster", "/api/dead-letters?max=20000", "/api/alerts")) {
            await(path).until(() -> Http.get(wadi.managementUrl() + path).statusCode() == 200);
        }
    }

    @Test
    void elasticsearchFrozen_isReported_andRecovers() throws Exception {
        outage(
                "Elasticsearch frozen",
                "wadi-elasticsearch",
                elasticsearch::freeze,
                200,
                elasticsearch::thaw,
                "no response since",
                "SocketTimeoutException");
    }

    @Test
    void elasticsearchKilled_isReported_andRecovers() throws Exception {
        outage(
                "Elasticsearch killed",
                "wadi-elasticsearch",
                elasticsearch::kill,
                200,
                elasticsearch::restart,
                "refused",
                "Exception");
    }

    @Test
    void elasticsearchFull_isReported_andRecovers() throws Exception {
        outage(
                "Elasticsearch full (flood stage: read-only)",
                "wadi-elasticsearch",
                () -> readOnly("true"),
                200,
                () -> readOnly("null"),
                INDEX + " rejects documents: 429 cluster_block_exception");
    }

    @Test
    void elasticsearchRed_isReported_andRecovers() throws Exception {
        outage(
                "Elasticsearch red (no node may have the primary shard)",
                "wadi-elasticsearch",
                () -> updateIndex("PUT", "-red?wait_for_active_shards=0", """
                        {"settings": {"index.routing.allocation.require._name": "nowhere"},
                        "aliases": {"%s": {"is_write_index": false}}}""".formatted(INDEX)),
                200,
                () -> updateIndex("DELETE", "-red", ""),
                INDEX + ": red: primary shards are unavailable");
    }

    /**
     * Begins and ends an outage.
     *
     * @param ready the status of readiness during it
     * @param messages the alternatives, one of which the message of the check must contain
     */
    private static void outage(
            String name,
            String check,
            ThrowingRunnable<Exception> begin,
            int ready,
            ThrowingRunnable<Exception> end,
            String... messages)
            throws Exception {
        await().until(() -> isUp(check) && status("/ready") == 200);
        Map<String, Long> threads = threads();
        AtomicLong slowest = new AtomicLong();

        long begun = System.nanoTime();
        begin.run();
        long reportedMs;
        long ended;
        try {
            reportedMs = awaitReported(name, check, begun, slowest, ready, messages);
            for (int i = 0; i < REQUESTS; i++) {
                isUp(check, slowest);
            }
            assertThat(threads())
                    .as("threads during " + name)
                    .allSatisfy((kind, count) ->
                            assertThat(count).as(kind).isLessThan(threads.getOrDefault(kind, 0L) + REQUESTS / 2));
        } finally {
            ended = System.nanoTime();
            end.run();
        }
        long restarted = System.nanoTime();
        await(name).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50)).until(() -> isUp(check, slowest));
        long now = System.nanoTime();
        await().until(() -> status("/ready") == 200);
        System.out.printf(
                "| %s | reported after %d ms | up %d ms after its repair, which took %d ms | slowest request for health %d ms |%n",
                name,
                reportedMs,
                (now - restarted) / 1_000_000,
                (restarted - ended) / 1_000_000,
                slowest.get() / 1_000_000);
    }

    private static long awaitReported(
            String name, String check, long begun, AtomicLong slowest, int ready, String... messages) throws Exception {
        await(name).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50)).until(() -> !isUp(check, slowest));
        long reportedMs = (System.nanoTime() - begun) / 1_000_000;
        // On a busy machine a check may time out before it reports the reason.
        await("reason of " + name).untilAsserted(() -> {
            String message = check(check).path("message").asText().replace("\\/", "/");
            assertThat(messages).as(message).anyMatch(message::contains);
            assertThat(message).contains("down since ");
        });
        // Another check may determine readiness, a moment later.
        await("readiness during " + name).until(() -> status("/ready") == ready);
        assertThat(status("/live")).as("liveness during " + name).isEqualTo(200);
        return reportedMs;
    }

    private static boolean isUp(String check) throws Exception {
        return isUp(check, new AtomicLong());
    }

    private static boolean isUp(String check, AtomicLong slowest) throws Exception {
        long begun = System.nanoTime();
        boolean up = check(check).path("status").asText().equals("UP");
        slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
        return up;
    }

    private static JsonNode check(String name) throws Exception {
        HttpResponse<String> answer = Http.get(wadi.managementUrl() + "/observe/health?data=true");
        for (JsonNode check : Http.json(answer).path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + answer.body());
    }

    private static int status(String kind) throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health" + kind).statusCode();
    }

    /**
     * Returns the number of threads by name without digits, so that one thread per request appears as many with one
     * name.
     */
    private static Map<String, Long> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .collect(Collectors.groupingBy(
                        thread -> thread.getName().replaceAll("\\d+", "#"), Collectors.counting()));
    }

    private static void asKafka(ThrowingFunction<Admin, ?, Exception> call) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            call.apply(admin);
        }
    }

    private static void spaceQuota(long bytes) throws IOException {
        try (DistributedFileSystem superuser = hdfs.superuser()) {
            superuser.setQuota(new org.apache.hadoop.fs.Path("/data"), HdfsConstants.QUOTA_DONT_SET, bytes);
        }
    }

    private static void safeMode(SafeModeAction action) throws IOException {
        try (DistributedFileSystem superuser = hdfs.superuser()) {
            superuser.setSafeMode(action);
        }
    }

    private static void readOnly(String value) throws Exception {
        updateIndex("PUT", "/_settings", "{\"index.blocks.read_only_allow_delete\":" + value + "}");
    }

    private static void updateIndex(String method, String path, String body) throws Exception {
        new ElasticsearchProbe(elasticsearch.url()).request(method, "/" + INDEX + path, body);
    }
}
