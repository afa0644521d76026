package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import org.junit.jupiter.api.Test;

/** No-data alerts, which fire by the clock. */
class AlertEvaluatorNoDataTest extends AlertEvaluatorTestSupport {
    @Test
    void noData_firesByTheClock_andIsResolvedByTheNextDocument() {
        rules(", no-data-after: 1m");
        load(0, 1);
        alerts.advanceTo(START + 60_000, Long.MAX_VALUE, this::note);
        assertThat(changes).as("one minute is not longer than one minute").isEmpty();
        alerts.advanceTo(START + 60_001, Long.MAX_VALUE, this::note);
        alerts.advanceTo(START + 90_000, Long.MAX_VALUE, this::note);
        load(100, 1);
        alerts.advanceTo(START + 90_000, Long.MAX_VALUE, this::note);

        assertThat(changes).containsExactly("no-data firing 0-60", "no-data resolved 0-100");
        assertThat(records.get(0).id()).isEqualTo(records.get(1).id());
        assertThat(records.get(0).value()).isNaN();
        assertThat(records.get(0).reason()).isEqualTo(Reason.SILENCE);
    }

    @Test
    void noData_firesWithTheNextDocument_asByTheClock() {
        rules(", no-data-after: 1m");
        load(0, 1);
        load(100, 1);

        assertThat(changes).containsExactly("no-data firing 0-60", "no-data resolved 0-100");
    }

    @Test
    void noData_keepsFiringAlerts_andEndsPendingOnes() {
        rules(", for: 10s, no-data-after: 1m");
        load(0, 5);
        load(10, 5);
        load(100, 5);
        load(110, 1);
        load(120, 5);
        load(200, 5);

        assertThat(changes)
                .containsExactly(
                        "pending 0-0",
                        "firing 0-10",
                        "no-data firing 10-70",
                        "no-data resolved 10-100",
                        "resolved 0-110",
                        "pending 120-120",
                        "inactive 120-180",
                        "no-data firing 120-180",
                        "no-data resolved 120-200",
                        "pending 200-200");
    }

    @Test
    void noData_isNotResolvedByARepeatedDocument() {
        rules(", no-data-after: 1m");
        load(0, 1);
        alerts.advanceTo(START + 61_000, Long.MAX_VALUE, this::note);

        assertThat(load(0, 1).late()).isEqualTo(1);
        assertThat(changes).containsExactly("no-data firing 0-60");
    }

    @Test
    void noData_ofARuleWithoutAValue_isResolvedByAnyDocument_evenOfAFailedFetch() {
        alerts = new AlertEvaluator(
                AlertRules.parse("rules: [{alert: Silent, no-data-after: 1m, severity: critical, "
                        + "annotations: {summary: '{{ $labels.host }} {{ $value }} for {{ $threshold }}'}}]"),
                2);
        load(0, 1);
        alerts.advanceTo(START + 61_000, Long.MAX_VALUE, this::note);
        DocumentOutcome spoken = alerts.accept(
                Documents.bytes("{\"@timestamp\":\"2026-11-20T01:02:00Z\",\"host.name\":\"web-01\",\"error\":"
                        + "{\"message\":\"failed\"},\"metricset\":{\"name\":\"cpu\"}}"),
                Long.MAX_VALUE);

        assertThat(spoken.alerts()).extracting(Alert::state).containsExactly(State.RESOLVED);
        assertThat(records.get(0).annotations()).containsEntry("summary", "web-01 no data for 1m");
        assertThat(spoken.rejections()).isEmpty();
    }
}
