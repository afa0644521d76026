package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code routes/server-metrics.camel.yaml} as shipped, on real Kafka, fed as Metricbeat's documents are: over HTTP. */
class ServerMetricsOnKafkaTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        for (String topic : List.of("routed.cpu", "routed.memory", "routed.cpu.alert", "routed.memory.alert")) {
            KafkaProbe.createTopic(topic, 2);
        }
        wadi = RunningWadi.start(Map.of(
                "wadi.metrics.group", "server-metrics-on-kafka-test",
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
        RecordMetadata notJson = KafkaProbe.send(new ProducerRecord<>("metric.all", "not json".getBytes(UTF_8)));
        List<String> lines = io.wadi.testing.Fixtures.lines("metricbeat.ndjson");
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/metric.all",
                io.wadi.testing.Fixtures.bytes("metricbeat.ndjson"),
                "Content-Type",
                "application/x-ndjson");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode failedFetch = Http.json(answer).path("receipts").get(7);
        RecordMetadata fetchError = new RecordMetadata(
                new org.apache.kafka.common.TopicPartition(
                        "metric.all", failedFetch.path("partition").asInt()),
                failedFetch.path("offset").asLong(),
                0,
                0,
                0,
                0);

        await().atMost(SOON)
                .until(() ->
                        KafkaProbe.deadLetters(fetchError, "server-metrics").size() == 1);
        await().atMost(SOON)
                .until(() -> KafkaProbe.deadLetters(notJson, "server-metrics").size() == 1);
        await().atMost(SOON)
                .until(() -> KafkaProbe.readAll("routed.memory.alert").size() == 1);

        assertThat(values("routed.cpu"))
                .containsExactlyInAnyOrder(lines.get(0), lines.get(2), lines.get(3), lines.get(4));
        assertThat(values("routed.memory")).containsExactlyInAnyOrder(lines.get(1), lines.get(5));
        assertThat(values("routed.cpu.alert")).containsExactlyInAnyOrder(alert(lines.get(3)), alert(lines.get(4)));
        assertThat(values("routed.memory.alert")).containsExactly(alert(lines.get(5)));
        assertThat(KafkaProbe.readAll("routed.cpu.alert"))
                .extracting(alert -> new String(alert.key(), UTF_8))
                .containsExactlyInAnyOrder("web-02", "db-01");
        ConsumerRecord<byte[], byte[]> letter =
                KafkaProbe.deadLetters(fetchError, "server-metrics").get(0);
        assertThat(new String(letter.value(), UTF_8)).isEqualTo(lines.get(7));
        assertThat(KafkaProbe.header(letter, "__connect.errors.exception.message"))
                .contains("permission denied");
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
