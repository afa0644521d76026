package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.Ports;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which the shipped routes stop, derived from their endpoints, without servers. */
final class ShippedRoutesStopTest {
    @TempDir
    private Path state;

    @Test
    void shippedRoutes_stopAfterTheirUpstreamRoutes() throws Exception {
        Map<String, Integer> phases = phases();

        assertBefore(phases, "web-events", "landing");
        assertBefore(phases, "events", "indexing");
        assertBefore(phases, "kafka-rest", "landing");
        assertBefore(phases, "pixel", "landing");
        assertBefore(phases, "indexing", "bulk");
        assertBefore(phases, "host-metrics", "server-metrics");
        assertBefore(phases, "prometheus-scrape", "server-metrics");
        assertBefore(phases, "server-metrics", "alerts");
        assertBefore(phases, "alerts", "alert-notifications");
        assertThat(phases.get("landing")).as("beside indexing").isEqualTo(phases.get("indexing"));
    }

    private static void assertBefore(Map<String, Integer> phases, String first, String then) {
        assertThat(phases).containsKeys(first, then);
        assertThat(phases.get(first)).as("%s before %s", first, then).isLessThan(phases.get(then));
    }

    private Map<String, Integer> phases() throws Exception {
        String unreachable = "localhost:" + Ports.free();
        Wadi wadi = new Wadi(
                Path.of("."),
                Map.of(
                        "wadi.http.port",
                        Integer.toString(Ports.free()),
                        "wadi.management.port",
                        Integer.toString(Ports.free()),
                        "wadi.kafka.brokers",
                        unreachable,
                        "wadi.elasticsearch.hosts",
                        unreachable,
                        "wadi.streams.state-directory",
                        state.toString(),
                        "wadi.prometheus.targets",
                        unreachable));
        wadi.start();
        wadi.close();
        JsonNode report =
                new ObjectMapper().readTree(wadi.stopReport().orElseThrow().json());
        Map<String, Integer> phases = new HashMap<>();
        report.path("routes")
                .forEach(route -> phases.put(
                        route.path("route").asText(), route.path("phase").asInt()));
        return phases;
    }
}
