package io.wadi.runtime.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each route stops after its upstream routes, regardless of its name and its start order. */
final class StopOrderTest {
    private static final RouteFlow INGEST = flow("z-ingest", Set.of(), Set.of("kafka:*"));
    private static final RouteFlow LANDING = flow("a-landing", Set.of("kafka:events"), Set.of());
    private static final RouteFlow ROUTING =
            flow("b-routing", Set.of("kafka:metric.all"), Set.of("kafka:metric.cpu", "kafka:metric.memory"));
    private static final RouteFlow ALERTS =
            flow("c-alerts", Set.of("kafka:metric.cpu", "kafka:metric.memory"), Set.of("kafka:metric.alerts"));
    private static final RouteFlow NOTIFICATIONS = flow("d-notifications", Set.of("kafka:metric.alerts"), Set.of());
    private static final RouteFlow INDEXING = flow("e-indexing", Set.of("kafka:events"), Set.of("direct:bulk"));
    private static final RouteFlow BULK = flow("f-bulk", Set.of("direct:bulk"), Set.of());

    private static RouteFlow flow(String route, Set<String> reads, Set<String> feeds) {
        return new RouteFlow(route, reads, feeds);
    }

    private static List<List<String>> phases(RouteFlow... flows) {
        return phases(List.of(flows));
    }

    private static List<List<String>> phases(List<RouteFlow> flows) {
        return StopOrder.phases(flows).stream()
                .map(phase -> phase.stream().map(RouteFlow::route).sorted().toList())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void routes_stopAfterTheirUpstreamRoutes_inAnyInputOrder(long seed) {
        List<RouteFlow> flows =
                new ArrayList<>(List.of(INGEST, LANDING, ROUTING, ALERTS, NOTIFICATIONS, INDEXING, BULK));
        Collections.shuffle(flows, new Random(seed));

        assertThat(phases(flows))
                .containsExactly(
                        List.of("z-ingest"),
                        List.of("a-landing", "b-routing", "e-indexing"),
                        List.of("c-alerts", "f-bulk"),
                        List.of("d-notifications"));
    }

    @Test
    void routesWithoutInput_stopFirst() {
        assertThat(phases(LANDING, BULK)).containsExactly(List.of("a-landing", "f-bulk"));
    }

    @Test
    void routesInACycle_stopTogether_afterUpstreamAndBeforeDownstreamRoutes() {
        RouteFlow first = flow("first", Set.of("kafka:retry"), Set.of("seda:again"));
        RouteFlow second = flow("second", Set.of("seda:again"), Set.of("kafka:retry", "direct:bulk"));

        assertThat(phases(BULK, first, INGEST, second))
                .containsExactly(List.of("z-ingest"), List.of("first", "second"), List.of("f-bulk"));
    }

    @Test
    void routeThatFeedsItself_isNotACycleWithOthers() {
        RouteFlow retrying = flow("retrying", Set.of("kafka:retry"), Set.of("kafka:retry", "kafka:events"));

        assertThat(phases(LANDING, retrying)).containsExactly(List.of("retrying"), List.of("a-landing"));
    }

    @Test
    void pattern_subscribesToMatchingTopics() {
        RouteFlow all = flow("all-metrics", Set.of(RouteFlow.PATTERN + "metric\\..*"), Set.of());

        assertThat(phases(all, ROUTING)).containsExactly(List.of("b-routing"), List.of("all-metrics"));
        assertThat(phases(all, flow("other", Set.of(), Set.of("kafka:events", "direct:metric.cpu"))))
                .containsExactly(List.of("all-metrics", "other"));
    }

    @Test
    void wildcardTopic_doesNotMatchOtherEndpoints() {
        assertThat(phases(INGEST, BULK)).containsExactly(List.of("f-bulk", "z-ingest"));
    }

    /** A step such as recipientList may send to any endpoint. */
    @Test
    void outputToAnyEndpoint_doesNotChangeTheOrderOfKnownOnes() {
        RouteFlow first = flow("first", Set.of("seda:in"), Set.of("direct:save"));
        RouteFlow saving = flow("saving", Set.of("direct:save"), Set.of("kafka:*", "direct:*", "seda:*"));

        assertThat(phases(saving, first, BULK)).containsExactly(List.of("first"), List.of("saving"), List.of("f-bulk"));
        assertThat(phases(saving, flow("other", Set.of("direct:other"), Set.of("direct:*"))))
                .as("routes of which each may send to the other")
                .containsExactly(List.of("other", "saving"));
    }

    @Test
    void longChain_hasOnePhasePerRoute() {
        List<RouteFlow> chain = new ArrayList<>(IntStream.range(0, 300)
                .mapToObj(i -> flow("r" + i, Set.of("seda:" + i), Set.of("seda:" + (i + 1))))
                .toList());
        Collections.shuffle(chain, new Random(1));

        assertThat(phases(chain))
                .containsExactlyElementsOf(
                        IntStream.range(0, 300).mapToObj(i -> List.of("r" + i)).toList());
    }
}
