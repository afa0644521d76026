package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped {@code routes/host-metrics.camel.yaml} without other routes, on real Kafka. */
final class HostMetricsRouteIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path configuration;

    @Test
    void timer_sendsAllMetricsets_andCpuFromTheSecondRun_keyedByHost() throws Exception {
        String topic = "host-metrics-route";
        TopicProbe.create(topic, 1);
        try (RunningWadi wadi = start("true", topic)) {
            assertThat(state(wadi)).isEqualTo("RUNNING");

            await().until(() -> metricsets(topic).contains("cpu"));

            assertThat(metricsets(topic)).startsWith("memory").contains("filesystem", "network");
            assertThat(KafkaProbe.readAll(topic)).allSatisfy(each -> {
                assertThat(json(each).at("/metricset/period").asLong()).isEqualTo(1000);
                assertThat(new String(each.key(), UTF_8))
                        .isNotEmpty()
                        .isEqualTo(json(each).at("/host/name").asText());
            });
        }
    }

    @Test
    void disabledRoute_doesNotStart() throws Exception {
        try (RunningWadi wadi = start("false", "host-metrics-route-disabled")) {
            assertThat(state(wadi)).isEqualTo("STOPPED");
        }
    }

    private RunningWadi start(String enabled, String topic) throws Exception {
        return RunningWadi.startRoutes(
                configuration,
                List.of("host-metrics"),
                Map.of(
                        "wadi.host-metrics.enabled", enabled,
                        "wadi.host-metrics.interval", "1s",
                        "wadi.metrics.topic", topic));
    }

    private static String state(RunningWadi wadi) throws Exception {
        return Http.json(Http.get(wadi.managementUrl() + "/connectors/host-metrics/status"))
                .at("/connector/state")
                .asText();
    }

    private static List<String> metricsets(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(each -> json(each).at("/metricset/name").asText())
                .toList();
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> document) {
        try {
            return JSON.readTree(document.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
