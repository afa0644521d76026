package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kafka.KafkaConstants;
import org.junit.jupiter.api.Test;

/** {@code routes/host-metrics.camel.yaml} as shipped. */
final class HostMetricsRouteTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void timer_sendsAllAndThenCpuToo_keyedByHost() throws Exception {
        try (RouteUnderTest route = new RouteUnderTest("host-metrics", Map.of("wadi.host-metrics.every", "500ms"))) {
            route.start();

            List<JsonNode> documents = await().until(
                            () -> documents(route), seen -> metricsets(seen).contains("cpu"));

            assertThat(metricsets(documents)).startsWith("memory").contains("filesystem", "network");
            assertThat(documents)
                    .allSatisfy(document -> assertThat(
                                    document.at("/metricset/period").asLong())
                            .isEqualTo(500));
            assertThat(route.records("metric.all")).allSatisfy(each -> {
                String host = json(each).at("/host/name").asText();
                assertThat(each.getHeader(KafkaConstants.KEY)).isEqualTo(host.getBytes(UTF_8));
            });
        }
    }

    @Test
    void disabled_doesNotStart() throws Exception {
        try (RouteUnderTest route = new RouteUnderTest("host-metrics", Map.of("wadi.host-metrics.enabled", "false"))) {
            route.start();

            assertThat(route.camel().getRouteController().getRouteStatus("host-metrics"))
                    .isEqualTo(ServiceStatus.Stopped);
        }
    }

    private static List<JsonNode> documents(RouteUnderTest route) {
        return route.records("metric.all").stream()
                .map(HostMetricsRouteTest::json)
                .toList();
    }

    private static List<String> metricsets(List<JsonNode> documents) {
        return documents.stream()
                .map(document -> document.at("/metricset/name").asText())
                .toList();
    }

    private static JsonNode json(Message message) {
        try {
            return JSON.readTree((byte[]) message.getBody());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
