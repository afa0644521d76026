package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/server-metrics.camel.yaml} as shipped, on real Kafka, fed as Metricbeat's documents are: over HTTP. */
class ServerMetricsOnKafkaIT {
    private static final String IN = "routed.all";

    @TempDir
    private static Path configuration;

    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        for (String topic : List.of("routed.cpu", "routed.memory", "routed.cpu.alert", "routed.memory.alert")) {
            KafkaProbe.createTopic(topic, 2);
        }
        Files.createDirectories(configuration.resolve("routes"));
        for (String route : List.of("web-events", "server-metrics", "errors")) {
            Path file = Path.of("routes", route + ".camel.yaml");
            Files.copy(file, configuration.resolve(file));
        }
        wadi = RunningWadi.startWithTopic(
                configuration,
                IN,
                3,
                Map.of(
                        "wadi.metrics.topic", IN,
                        "wadi.metrics.cpu-topic", "routed.cpu",
                        "wadi.metrics.memory-topic", "routed.memory",
                        "wadi.metrics.cpu-alert-topic", "routed.cpu.alert",
                        "wadi.metrics.memory-alert-topic", "routed.memory.alert"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
    }

    @Test
    void fixtures_areRoutedByteForByteAndRaiseTheirAlerts() throws Exception {
        RecordMetadata notJson = KafkaProbe.send(new ProducerRecord<>(IN, "not json".getBytes(UTF_8)));
        List<String> lines = io.wadi.testing.Fixtures.lines("metricbeat.ndjson");
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/" + IN,
                io.wadi.testing.Fixtures.bytes("metricbeat.ndjson"),
                "Content-Type",
                "application/x-ndjson");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode failedFetch = Http.json(answer).path("receipts").get(7);
        RecordMetadata fetchError = new RecordMetadata(
                new org.apache.kafka.common.TopicPartition(
                        IN, failedFetch.path("partition").asInt()),
                failedFetch.path("offset").asLong(),
                0,
                0,
                0,
                0);

        await().until(() -> KafkaProbe.deadLetters(fetchError, "server-metrics").size() == 1);
        await().until(() -> KafkaProbe.deadLetters(notJson, "server-metrics").size() == 1);
        // Partition by partition, in no order.
        await().untilAsserted(() -> {
            assertThat(values("routed.cpu"))
                    .containsExactlyInAnyOrder(lines.get(0), lines.get(2), lines.get(3), lines.get(4));
            assertThat(values("routed.memory"))
                    .filteredOn(value -> !value.contains("large-01"))
                    .containsExactlyInAnyOrder(lines.get(1), lines.get(5));
            assertThat(values("routed.cpu.alert")).containsExactlyInAnyOrder(alert(lines.get(3)), alert(lines.get(4)));
            assertThat(values("routed.memory.alert")).containsExactly(alert(lines.get(5)));
            assertThat(KafkaProbe.readAll("routed.cpu.alert"))
                    .extracting(alert -> new String(alert.key(), UTF_8))
                    .containsExactlyInAnyOrder("web-02", "db-01");
        });
        ConsumerRecord<byte[], byte[]> letter =
                KafkaProbe.deadLetters(fetchError, "server-metrics").get(0);
        assertThat(new String(letter.value(), UTF_8)).isEqualTo(lines.get(7));
        assertThat(KafkaProbe.header(letter, "__connect.errors.exception.message"))
                .contains("permission denied");
    }

    /** Kafka limits what a batch has compressed, so a record may be larger than a producer takes that looks at it before. */
    @Test
    void documentOfMegabytes_passesThroughByteForByte() throws Exception {
        String document = "{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"memory\"},"
                + "\"host\":{\"name\":\"large-01\"},\"labels\":{\"text\":\"" + "a".repeat(3_000_000) + "\"}}";
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
            producer.send(new ProducerRecord<>(IN, document.getBytes(UTF_8))).get();
        }

        await().until(() -> values("routed.memory").contains(document));
    }

    /** As the design says it: the host object, and the document's time under {@code timestamp}. */
    private static String alert(String document) throws Exception {
        JsonNode parsed = new ObjectMapper().readTree(document);
        String host = parsed.path("host").toString();
        return host.substring(0, host.length() - 1) + ",\"timestamp\":"
                + parsed.path("@timestamp").toString() + "}";
    }

    private static List<String> values(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(found -> new String(found.value(), UTF_8))
                .toList();
    }
}
