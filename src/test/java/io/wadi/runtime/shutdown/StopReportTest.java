package io.wadi.runtime.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The report of a stop, as text and as JSON. */
final class StopReportTest {
    private static final RouteReport INGEST = new RouteReport("web-events", false, 1, "exchanges", 12, 0, 31, null);
    private static final RouteReport LANDING = new RouteReport("landing", false, 2, "records", 12_345, 0, 1204, null);
    private static final RouteReport STUCK =
            new RouteReport("indexing", false, 2, "records", 100, 40, 10_000, "it did not end within 10s");

    @Test
    void drainedRoutes_areReported_oneLineEach() {
        StopReport report = new StopReport(List.of(INGEST, LANDING), 1300, List.of());

        assertThat(report.isDrained()).isTrue();
        assertThat(report.lines())
                .containsExactly(
                        "Stopped in 1.30 s, all work in flight is finished",
                        "1 web-events: 12 exchanges in flight, 12 finished, 0 left, 0.03 s",
                        "2 landing: 12345 records in flight, 12345 finished, 0 left, 1.20 s");
    }

    @Test
    void idleRoutes_shareOneLine() {
        StopReport report = new StopReport(
                List.of(
                        new RouteReport("pixel", false, 1, "exchanges", 0, 0, 3, null),
                        LANDING,
                        new RouteReport("bulk", false, 2, "exchanges", 0, 0, 1, null)),
                1300,
                List.of());

        assertThat(report.lines()).hasSize(3).endsWith("idle: pixel, bulk");
    }

    /** Internal routes are those that no route file defines, such as those of the management port. */
    @Test
    void idleInternalRoutes_areCounted_andBusyOnesAreShown() throws Exception {
        List<RouteReport> ownRoutes = List.of(
                new RouteReport("health-live", true, 1, "exchanges", 0, 0, 3, null),
                new RouteReport("api-about", true, 1, "exchanges", 0, 0, 3, null),
                new RouteReport("api-live", true, 1, "exchanges", 3, 0, 3, null),
                new RouteReport("api-records", true, 1, "exchanges", 0, 0, 3, "it did not end within 10s"));
        RouteReport pixel = new RouteReport("pixel", false, 1, "exchanges", 0, 0, 3, null);

        assertThat(new StopReport(ownRoutes, 40, List.of()).lines())
                .containsExactly(
                        "Stopped in 0.04 s, unfinished work is repeated at the next start",
                        "1 api-live: 3 exchanges in flight, 3 finished, 0 left, 0.00 s",
                        "1 api-records: 0 exchanges in flight, 0 finished, 0 left, 0.00 s: it did not end within 10s",
                        "idle: 2 internal routes");
        List<RouteReport> all = new ArrayList<>(ownRoutes);
        all.add(pixel);
        StopReport report = new StopReport(all, 40, List.of());
        assertThat(report.lines()).endsWith("idle: pixel and 2 internal routes");
        assertThat(new ObjectMapper().readTree(report.json()).path("routes").findValuesAsText("route"))
                .containsExactly("api-live", "api-records", "pixel");
    }

    @Test
    void stuckRoute_isReported_withItsUnfinishedWork() {
        StopReport report = new StopReport(List.of(LANDING, STUCK), 11_500, List.of());

        assertThat(report.isDrained()).isFalse();
        assertThat(report.lines())
                .contains(
                        "Stopped in 11.50 s, unfinished work is repeated at the next start",
                        "2 indexing: 100 records in flight, 60 finished, 40 left, 10.00 s: it did not end within 10s");
    }

    @Test
    void routeWithUnfinishedWork_isNotDrained_evenWithoutAnError() {
        RouteReport left = new RouteReport("landing", false, 1, "records", 5, 5, 1, null);

        assertThat(new StopReport(List.of(left), 1, List.of()).isDrained()).isFalse();
    }

    @Test
    void moreLeftThanInFlight_reportsZeroFinished() {
        assertThat(new RouteReport("landing", false, 1, "records", 5, 9, 1, null).finished())
                .isZero();
    }

    @Test
    void unclosedResource_isReported() {
        StopReport report = new StopReport(List.of(INGEST), 40, List.of("kafka: no answer"));

        assertThat(report.isDrained()).isFalse();
        assertThat(report.lines()).endsWith("not closed: kafka: no answer");
    }

    @Test
    void json_isOneLine_withAllNumbers() throws Exception {
        String json = new StopReport(List.of(INGEST, STUCK), 10_040, List.of()).json();

        assertThat(json).doesNotContain("\n");
        JsonNode report = new ObjectMapper().readTree(json);
        assertThat(report.path("drained").asBoolean(true)).isFalse();
        assertThat(report.path("ms").asLong()).isEqualTo(10_040);
        assertThat(report.path("routes").get(1).toString())
                .isEqualTo("{\"route\":\"indexing\",\"phase\":2,\"unit\":\"records\",\"inFlight\":100,"
                        + "\"finished\":60,\"left\":40,\"ms\":10000,\"problem\":\"it did not end within 10s\"}");
        assertThat(report.path("routes").get(0).path("problem").isNull()).isTrue();
    }
}
