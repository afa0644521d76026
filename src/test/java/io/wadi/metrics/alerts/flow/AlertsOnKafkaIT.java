package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes of metrics, from incoming documents to {@code metric.alerts}, on real Kafka. */
class AlertsOnKafkaIT {
    private static final String RULES = """
            rules:
              - alert: Busy
                metricset: cpu
                value: system.cpu.total.norm.pct
                share: true
                above: %s
                for: 1m
              - alert: Silent
                no-data-after: %s
            """;

    @TempDir
    private Path directory;

    private String name;

    @AutoClose
    private RunningWadi wadi;

    @BeforeEach
    void prepare(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        for (String topic : List.of("all", "cpu", "memory")) {
            TopicProbe.create(topic(topic), 2);
        }
        TopicProbe.create(topic("alerts"), 1, Map.of("cleanup.policy", "compact"));
    }

    private String topic(String of) {
        return name + "." + of;
    }

    private void start(String rules) throws Exception {
        Path file = directory.resolve("alerts.yaml");
        if (!Files.exists(file)) {
            Files.writeString(file, rules);
        }
        Map<String, String> settings = new HashMap<>();
        settings.put("wadi.alerts.enabled", "true");
        settings.put("wadi.alerts.file", file.toString());
        settings.put("wadi.alerts.application", name);
        settings.put("wadi.alerts.topics", topic("cpu") + "," + topic("memory"));
        settings.put("wadi.alerts.topic", topic("alerts"));
        settings.put("wadi.metrics.topic", topic("all"));
        settings.put("wadi.metrics.group", name + "-routing");
        settings.put("wadi.metrics.cpu-topic", topic("cpu"));
        settings.put("wadi.metrics.memory-topic", topic("memory"));
        wadi = RunningWadi.startRoutes(List.of("server-metrics", "alerts"), settings);
    }

    @Test
    void incidentAcrossARestart_isReportedOnce() throws Exception {
        Instant begin = Instant.now().minusSeconds(600);
        start(RULES.formatted("0.5", "23h"));
        send(cpu("web-01", begin, 0.9), cpu("web-02", begin, 0.1));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending")));
        wadi.close();

        send(cpu("web-01", begin.plusSeconds(60), 0.9), cpu("web-02", begin.plusSeconds(60), 0.1));
        start(RULES.formatted("0.5", "23h"));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending", "firing")));
        wadi.close();

        start(RULES.formatted("0.5", "23h"));
        send(cpu("web-01", begin.plusSeconds(60), 0.9), cpu("web-01", begin.plusSeconds(70), 0.2));
        await().until(() -> reported("Busy@web-01").size() >= 3);

        assertThat(reported("Busy@web-01")).containsExactly("pending", "firing", "resolved");
        assertThat(changes().stream().map(change -> change.path("id").asText()).distinct())
                .hasSize(1);
    }

    @Test
    @Nightly(
            perChange = {
                "AlertEvaluatorNoDataTest#noData_firesByTheClock_andIsResolvedByTheNextDocument",
                "AlertsOnKafkaIT#hostWithoutData_afterATransactionMarker_isReported"
            })
    void hostWithoutData_aloneInItsPartition_isReported_andResolved() throws Exception {
        start(RULES.formatted("0.5", "3s"));
        send(cpu("web-01", Instant.now(), 0.1));
        await().until(() -> reported("Silent:no-data@web-01").equals(List.of("firing")));

        send(cpu("web-01", Instant.now(), 0.1));
        await().until(() -> reported("Silent:no-data@web-01").size() >= 2);

        assertThat(reported("Silent:no-data@web-01")).startsWith("firing", "resolved");
    }

    /** The committed offset must move past the marker although no record follows it. */
    @Test
    void hostWithoutData_afterATransactionMarker_isReported() throws Exception {
        start(RULES.formatted("0.5", "3s"));
        Map<String, Object> settings =
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "transactional.id", name);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(
                    topic("cpu"), cpu("web-01", Instant.now(), 0.1).getBytes(UTF_8)));
            producer.commitTransaction();
        }

        await().until(() -> reported("Silent:no-data@web-01").equals(List.of("firing")));
    }

    /** Kafka Streams commits no offset of a partition before it has processed a record of it. */
    @Test
    @Nightly(perChange = {"AlertsOnKafkaIT#hostWithoutData_afterATransactionMarker_isReported", "NoDataClocksIT"})
    void hostWithoutData_afterATransactionBeforeTheStart_isReported() throws Exception {
        start(RULES.formatted("0.5", "23h"));
        send(cpu("web-01", Instant.now(), 0.9));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending")));
        wadi.close();
        KafkaProbe.sendInTransaction(topic("cpu"), false, "aborted");

        Files.writeString(directory.resolve("alerts.yaml"), RULES.formatted("0.5", "3s"));
        start(RULES.formatted("0.5", "3s"));

        await().until(() -> reported("Silent:no-data@web-01").equals(List.of("firing")));
    }

    @Test
    @Nightly(
            perChange = {
                "AlertsTopologyTest#changedRules_applyToKnownHosts",
                "AlertsTopologyTest#invalidRules_keepThePreviousOnes",
                "WatchedValueTest"
            })
    void changedRules_takeEffect_andInvalidOnesDoNot() throws Exception {
        start(RULES.formatted("0.5", "23h"));
        Instant begin = Instant.now().minusSeconds(600);
        send(cpu("web-01", begin, 0.9));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending")));

        Files.writeString(directory.resolve("alerts.yaml"), RULES.formatted("high", "23h"));
        awaitHealth("alerts.yaml line 6, column 12: Busy: above is");
        send(cpu("web-01", begin.plusSeconds(60), 0.9));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending", "firing")));

        Files.writeString(directory.resolve("alerts.yaml"), RULES.formatted("0.95", "23h"));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending", "firing", "resolved")));
        send(cpu("web-01", begin.plusSeconds(120), 0.9), cpu("web-01", begin.plusSeconds(130), 0.99));
        await().until(() -> reported("Busy@web-01").size() >= 4);

        List<JsonNode> changes = changes();
        assertThat(changes.get(2).path("reason").asText()).isEqualTo("rule-changed");
        assertThat(changes.get(3).path("state").asText()).isEqualTo("pending");
        assertThat(changes.get(3).path("value").asDouble()).isEqualTo(0.99);
        assertThat(changes.get(3).path("threshold").asDouble()).isEqualTo(0.95);
    }

    @Test
    @Nightly(
            perChange = {
                "InputTopicsTest#topicsWithDifferentPartitionCounts_areReportedWithTheRemedy",
                "StreamsOnKafkaIT#topicsWithDifferentPartitionCounts_areReported_andAwaited"
            })
    void topicsWithDifferentPartitionCounts_areReported_andAwaited() throws Exception {
        TopicProbe.grow(topic("memory"), 3);
        start(RULES.formatted("0.5", "23h"));

        awaitHealth("%s has 2, %s has 3 partitions".formatted(topic("cpu"), topic("memory")));

        TopicProbe.grow(topic("cpu"), 3);
        send(cpu("web-01", Instant.now(), 0.9));
        await().until(() -> reported("Busy@web-01").equals(List.of("pending")));
    }

    private void awaitHealth(String part) {
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains(part));
    }

    private void send(String... documents) throws Exception {
        for (String document : documents) {
            KafkaProbe.send(new ProducerRecord<>(topic("all"), document.getBytes(UTF_8)));
        }
    }

    private static String cpu(String host, Instant time, double share) {
        return """
                {"@timestamp":"%s","host":{"name":"%s"},"metricset":{"name":"cpu"},"event":{"dataset":"system.cpu"},\
                "system":{"cpu":{"cores":4,"total":{"norm":{"pct":%s},"pct":1.0}}}}""".formatted(time, host, share);
    }

    /** Returns the states reported under a key, in order. */
    private List<String> reported(String key) {
        return KafkaProbe.read(topic("alerts"), change -> new String(change.key(), UTF_8).equals(key)).stream()
                .map(change -> json(change.value()).path("state").asText())
                .toList();
    }

    private List<JsonNode> changes() {
        return KafkaProbe.readAll(topic("alerts")).stream()
                .map(change -> json(change.value()))
                .toList();
    }

    private static JsonNode json(byte[] value) {
        try {
            return new ObjectMapper().readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
