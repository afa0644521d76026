package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped {@code routes/server-metrics.camel.yaml} with the HTTP ingest of documents, on real Kafka. */
final class ServerMetricsRouteIT {
    /** The input topic of the route with the shipped settings. */
    private static final String SHIPPED = "routed-as-shipped";

    /** The input topic of the route with other settings. */
    private static final String SET = "routed-as-set";

    private static final List<String> OUTPUTS =
            List.of("cpu", "memory", "cpu.alert", "memory.alert", "other", "load", "network", "dead-letters");

    /** Values in ascending order. */
    private static final List<String> SHARES =
            List.of("0", "0.0001", "1e-3", "0.49", "0.4999", "0.5", "0.5001", "0.9", "0.90001", "0.9999", "1");

    @TempDir
    private static Path shipped;

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private Path configuration;

    /** The end offsets of the output topics before the test. */
    private Map<TopicPartition, Long> before;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(SHIPPED, 1);
        TopicProbe.create(SET, 1);
        for (String output : OUTPUTS) {
            TopicProbe.create(topic(output), 1);
        }
        wadi = start(shipped, List.of("server-metrics", "web-events"), SHIPPED, Map.of());
    }

    @BeforeEach
    void recordInitialState() throws Exception {
        before = TopicProbe.ends(
                OUTPUTS.stream().map(ServerMetricsRouteIT::topic).toList());
    }

    private static String topic(String output) {
        return "routed." + output;
    }

    private static RunningWadi start(
            Path configuration, List<String> routes, String input, Map<String, String> settings) throws Exception {
        Files.writeString(configuration.resolve("topics.yaml"), """
                topics:
                  - {name: select-color, partitions: 3, replication: 1, ingest: true}
                  - {name: %s, partitions: 1, replication: 1, ingest: true}
                """.formatted(input));
        Map<String, String> all = new HashMap<>(Map.of(
                "wadi.metrics.topic", input,
                "wadi.metrics.group", input,
                "wadi.metrics.cpu-topic", topic("cpu"),
                "wadi.metrics.memory-topic", topic("memory"),
                "wadi.metrics.cpu-alert-topic", topic("cpu.alert"),
                "wadi.metrics.memory-alert-topic", topic("memory.alert"),
                "wadi.dead-letters.topic", topic("dead-letters")));
        all.putAll(settings);
        return RunningWadi.startRoutes(configuration, routes, all);
    }

    /** Sends documents and waits until they are routed: the route commits them once its outputs are acknowledged. */
    private static void route(String input, List<byte[]> documents) throws Exception {
        for (byte[] document : documents) {
            KafkaProbe.send(new ProducerRecord<>(input, document));
        }
        awaitRouted(input);
    }

    private static void awaitRouted(String input) throws Exception {
        Map<TopicPartition, Long> ends = TopicProbe.ends(List.of(input));
        await().until(() -> GroupProbe.hasRead(input, ends));
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String output) {
        return KafkaProbe.read(
                topic(output), found -> found.offset() >= before.get(new TopicPartition(topic(output), 0)));
    }

    private void assertRouted(String output, byte[]... values) {
        assertThat(records(output).stream().map(ConsumerRecord::value))
                .as(output)
                .containsExactly(values);
    }

    private List<String> keys(String output) {
        return records(output).stream()
                .map(each -> new String(each.key(), UTF_8))
                .toList();
    }

    /** The documents have the form in which Metricbeat sends them over HTTP. */
    @Test
    void fixtures_areRoutedByMetricset_byteForByte_keyedByHost_withTheirAlerts() throws Exception {
        double dropped = Scrape.of(wadi).sum("wadi_metrics_dropped_total");

        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/" + SHIPPED,
                io.wadi.testing.Fixtures.bytes("metricbeat.ndjson"),
                "Content-Type",
                "application/x-ndjson");
        assertThat(answer.statusCode()).isEqualTo(200);
        awaitRouted(SHIPPED);

        assertRouted(
                "cpu",
                Fixtures.CPU_WEB_01,
                Fixtures.CPU_WEB_01_HALF,
                Fixtures.CPU_WEB_02_OVER_HALF,
                Fixtures.CPU_DB_01_WITHOUT_NORM);
        assertThat(keys("cpu")).containsExactly("web-01", "web-01", "web-02", "db-01");
        assertRouted("memory", Fixtures.MEMORY_WEB_01, Fixtures.MEMORY_DB_01_OVER);
        assertThat(keys("memory")).containsExactly("web-01", "db-01");
        assertRouted("cpu.alert", alert(Fixtures.CPU_WEB_02_OVER_HALF), alert(Fixtures.CPU_DB_01_WITHOUT_NORM));
        assertThat(keys("cpu.alert")).containsExactly("web-02", "db-01");
        assertRouted("memory.alert", alert(Fixtures.MEMORY_DB_01_OVER));
        assertThat(keys("memory.alert")).containsExactly("db-01");
        assertRouted("dead-letters", Fixtures.FETCH_FAILURE_WEB_01);
        ConsumerRecord<byte[], byte[]> deadLetter = records("dead-letters").get(0);
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.connector.name"))
                .isEqualTo("server-metrics");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.topic")).isEqualTo(SHIPPED);
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.offset"))
                .isEqualTo(Http.json(answer).at("/receipts/7/offset").asText());
        // Documents of other metricsets are counted and not sent.
        for (String none : List.of("other", "load", "network")) {
            assertThat(records(none)).isEmpty();
        }
        assertThat(Scrape.of(wadi).sum("wadi_metrics_dropped_total")).isEqualTo(dropped + 1);
    }

    @Test
    @Nightly(perChange = {"ServerMetricsRouteTest#documentsOfOtherMetricsets_areSentToTheConfiguredTopic"})
    void otherMetricsets_areSentToTheConfiguredTopic() throws Exception {
        try (RunningWadi set = start(
                configuration, List.of("server-metrics"), SET, Map.of("wadi.metrics.other-topic", topic("other")))) {
            route(SET, Fixtures.all());

            assertRouted("other", Fixtures.LOAD_WEB_01);
            assertThat(keys("other")).containsExactly("web-01");
            assertThat(records("cpu")).hasSize(4);
            assertThat(records("memory")).hasSize(2);
            assertThat(Scrape.of(set).sum("wadi_metrics_dropped_total")).isZero();
        }
    }

    /** The commented-out lines of the route file work as documented. */
    @Test
    void additionalWhenLine_addsAMetricsetOrADataset() throws Exception {
        String file = "routes/server-metrics.camel.yaml";
        Files.createDirectories(configuration.resolve("routes"));
        Files.writeString(
                configuration.resolve(file),
                Files.readString(Path.of(file))
                        .replace("# - {simple", "- {simple")
                        .replace("kafka:metric.", "kafka:" + topic("")));
        byte[] network = ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"network\"},"
                        + "\"event\":{\"dataset\":\"system.network\"},\"host\":{\"name\":\"web-01\"}}")
                .getBytes(UTF_8);
        try (RunningWadi edited = start(configuration, List.of(), SET, Map.of())) {
            route(SET, List.of(Fixtures.LOAD_WEB_01, network, Fixtures.CPU_WEB_01));

            assertRouted("load", Fixtures.LOAD_WEB_01);
            assertRouted("network", network);
            assertThat(keys("network")).containsExactly("web-01");
            assertRouted("cpu", Fixtures.CPU_WEB_01);
            assertThat(Scrape.of(edited).sum("wadi_metrics_dropped_total")).isZero();
        }
    }

    @Test
    void invalidDocuments_areDeadLetters_andTheRouteContinues() throws Exception {
        route(
                SHIPPED,
                Arrays.asList(Fixtures.FETCH_FAILURE_WEB_01, "not json".getBytes(UTF_8), null, Fixtures.CPU_WEB_01));

        assertThat(records("dead-letters"))
                .extracting(deadLetter -> KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .satisfiesExactly(
                        message -> assertThat(message)
                                .contains("the agent on web-01 could not fetch: failed to fetch CPU times: "
                                        + "open /proc/stat: permission denied"),
                        message -> assertThat(message).contains("not JSON at line 1, column 1"),
                        message -> assertThat(message).contains("found no value, expected a JSON object"));
        assertThat(records("dead-letters").get(0).value()).isEqualTo(Fixtures.FETCH_FAILURE_WEB_01);
        assertRouted("cpu", Fixtures.CPU_WEB_01);
    }

    @Test
    void incomingHeaders_areNotForwarded() throws Exception {
        ProducerRecord<byte[], byte[]> forged = new ProducerRecord<>(SHIPPED, Fixtures.CPU_WEB_02_OVER_HALF);
        forged.headers()
                .add(new RecordHeader(
                        KafkaConstants.OVERRIDE_TOPIC, topic("other").getBytes(UTF_8)))
                .add(new RecordHeader(KafkaConstants.KEY, "mine".getBytes(UTF_8)))
                .add(new RecordHeader("trace", "1".getBytes(UTF_8)));
        KafkaProbe.send(forged);
        awaitRouted(SHIPPED);

        for (String each : List.of("cpu", "cpu.alert")) {
            assertThat(keys(each)).containsExactly("web-02");
            assertThat(records(each).get(0).headers()).isEmpty();
        }
        assertThat(records("other")).isEmpty();
    }

    @ParameterizedTest
    @Nightly(
            perChange = {
                "MetricDocumentTest",
                "ServerMetricsRouteTest#documents_areSentByMetricset_andThoseAboveTheThresholdAsAlerts"
            })
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            # thresholds | the lowest shares with an alert
            .5   | 0.50   | 0.5001 | 0.5001
            # compared as texts, 1e-3 would be over 0.1; as whole numbers, 0.0001 would be 0
            0.1  | 0      | 0.49   | 0.0001
            1    | 0.9    | none   | 0.90001
            5e-1 | 0.4999 | 0.5001 | 0.5
            """)
    void alert_isSentOnlyStrictlyAboveTheThreshold_comparedAsNumbers(
            String cpuThreshold, String memoryThreshold, String lowestOfCpu, String lowestOfMemory) throws Exception {
        Map<String, String> thresholds =
                Map.of("wadi.metrics.cpu-threshold", cpuThreshold, "wadi.metrics.memory-threshold", memoryThreshold);
        List<byte[]> documents = new ArrayList<>();
        for (String share : SHARES) {
            documents.add(document("cpu", share, "{\"cpu\":{\"total\":{\"norm\":{\"pct\":" + share + "}}}}"));
            documents.add(document("memory", share, "{\"memory\":{\"actual\":{\"used\":{\"pct\":" + share + "}}}}"));
        }
        documents.add(document("cpu", "without-figures", "{\"cpu\":{\"cores\":4}}"));
        documents.add(document("memory", "without-figures", "{\"memory\":{\"total\":4}}"));
        try (RunningWadi set = start(configuration, List.of("server-metrics"), SET, thresholds)) {
            route(SET, documents);
        }

        assertThat(records("dead-letters")).isEmpty();
        assertThat(records("cpu")).hasSize(SHARES.size() + 1);
        assertThat(records("memory")).hasSize(SHARES.size() + 1);
        assertThat(keys("cpu.alert")).isEqualTo(from(lowestOfCpu));
        assertThat(keys("memory.alert")).isEqualTo(from(lowestOfMemory));
    }

    private static List<String> from(String lowest) {
        return lowest == null ? List.of() : SHARES.subList(SHARES.indexOf(lowest), SHARES.size());
    }

    @Test
    void thresholdThatIsNotANumber_failsTheStart() {
        assertThatException()
                .isThrownBy(() -> start(
                        configuration, List.of("server-metrics"), SET, Map.of("wadi.metrics.cpu-threshold", "half")))
                .withStackTraceContaining("wadi.metrics.cpu-threshold=half");
    }

    @Test
    void documentsOfMetricbeat9_areRoutedLikeThoseOf8() throws Exception {
        List<byte[]> documents = io.wadi.testing.Fixtures.lines("metricbeat-9.ndjson").stream()
                .map(document -> document.getBytes(UTF_8))
                .toList();

        route(SHIPPED, documents);

        assertThat(records("dead-letters")).isEmpty();
        assertRouted("cpu", documents.get(0));
        assertRouted("memory", documents.get(1));
        assertThat(keys("cpu")).containsExactly("app-03.example.org");
    }

    /** Kafka limits the compressed batch: a record can be larger than a producer accepts by its uncompressed size. */
    @Test
    void largeDocument_isRoutedByteForByte() throws Exception {
        byte[] document = ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"memory\"},"
                        + "\"host\":{\"name\":\"large-01\"},\"labels\":{\"text\":\"" + "a".repeat(3_000_000) + "\"}}")
                .getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "max.request.size",
                        4_000_000,
                        "compression.type",
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(SHIPPED, document)).get();
        }
        awaitRouted(SHIPPED);

        assertRouted("memory", document);
    }

    private static byte[] document(String metricset, String host, String system) {
        return ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"" + metricset
                        + "\"},\"host\":{\"name\":\"" + host + "\"},\"system\":" + system + "}")
                .getBytes(UTF_8);
    }

    /** Returns the alert of the contract: the host object with the document's time in {@code timestamp}. */
    private static byte[] alert(byte[] document) throws IOException {
        JsonNode parsed = new ObjectMapper().readTree(document);
        String host = parsed.path("host").toString();
        return (host.substring(0, host.length() - 1) + ",\"timestamp\":"
                        + parsed.path("@timestamp").toString() + "}")
                .getBytes(UTF_8);
    }
}
