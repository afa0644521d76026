package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.State;
import io.wadi.testing.OtherLocale;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of alerts by the values of documents, and by removed hosts. */
class AlertEvaluatorTest extends AlertEvaluatorTestSupport {
    @Test
    void valueAboveTheThreshold_fires_andResolvesAtTheThreshold() {
        rules("");
        load(0, 4);
        load(10, 4.01);
        load(20, 5);
        load(30, 4);
        load(40, 3);

        assertThat(changes).containsExactly("firing 10-10", "resolved 10-30");
        assertThat(records.get(0).value()).isEqualTo(4.01);
        assertThat(records.get(0).threshold()).isEqualTo(4);
        assertThat(records.get(1).value()).isEqualTo(4);
        assertThat(records.get(1).id()).isEqualTo(records.get(0).id());
    }

    @Test
    void id_isTheSameInAnyLocale() throws Exception {
        rules("");
        load(0, 5);
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            load(10, 4);
        });

        assertThat(records.get(1).state()).isEqualTo(State.RESOLVED);
        assertThat(records.get(1).id()).isEqualTo(records.get(0).id());
    }

    @Test
    void valueBelowTheThreshold_firesARuleWithBelow() {
        alerts = new AlertEvaluator(AlertRules.parse(RULE.replace("above", "below") + ", resolve-at: 5}"), 2);
        load(0, 4);
        load(10, 3);
        load(20, 4.5);
        load(30, 5);

        assertThat(changes).containsExactly("firing 10-10", "resolved 10-30");
    }

    @Test
    void forDuration_isSpentPending() {
        rules(", for: 30s");
        load(0, 5);
        load(10, 5);
        load(20, 4);
        load(30, 5);
        load(59, 5);
        load(60, 5);
        load(70, 5);

        assertThat(changes).containsExactly("pending 0-0", "inactive 0-20", "pending 30-30", "firing 30-60");
        assertThat(records.get(0).id())
                .isNotEqualTo(records.get(2).id())
                .isEqualTo(records.get(1).id());
        assertThat(records.get(3).id()).isEqualTo(records.get(2).id());
    }

    /** Unlike in Prometheus, where a pending alert ends once its series is stale. */
    @Test
    void gap_countsTowardsForDuration() {
        rules(", for: 30s");
        load(0, 5);
        load(3600, 5);

        assertThat(changes).containsExactly("pending 0-0", "firing 0-3600");
    }

    @Test
    void keepFiringFor_isSpentFiring_andRestartsWithEachValueAboveTheThreshold() {
        rules(", keep-firing-for: 30s");
        load(0, 5);
        load(10, 1);
        load(30, 1);
        load(35, 5);
        load(40, 1);
        load(69, 1);
        load(70, 1);

        assertThat(changes).containsExactly("firing 0-0", "resolved 0-70");
    }

    @Test
    void resolveAt_keepsAlertsFiring_butDoesNotStartThem() {
        rules(", resolve-at: 3");
        load(0, 3.5);
        load(10, 5);
        load(20, 3.5);
        load(30, 4.5);
        load(40, 3.1);
        load(50, 3);
        load(60, 3.5);

        assertThat(changes).containsExactly("firing 10-10", "resolved 10-50");
    }

    @Test
    void document_olderThanTheLast_isCountedAsLate_andChangesNothing() {
        rules("");
        load(20, 5);

        DocumentOutcome late = load(10, 1);
        assertThat(late).isEqualTo(new DocumentOutcome(null, List.of(), List.of(), 1, 0));
        load(30, 5);
        assertThat(changes).containsExactly("firing 20-20");
    }

    @Test
    void repeatedDocument_changesNothing() {
        rules(", for: 10s, no-data-after: 1m");
        for (int at : List.of(0, 0, 10, 10, 0, 10)) {
            load(at, 5);
        }

        assertThat(changes).containsExactly("pending 0-0", "firing 0-10");
    }

    @Test
    void hosts_haveSeparateStates() {
        rules(", for: 10s");
        load(0, 5);

        DocumentOutcome other = alerts.accept(Documents.load("web-02", START + 10_000, 5), Long.MAX_VALUE);
        assertThat(other.alerts()).extracting(Alert::state).containsExactly(State.PENDING);
        assertThat(other.host()).isEqualTo("web-02");
        assertThat(other.alerts().get(0).id()).isNotEqualTo(records.get(0).id());
    }

    @Test
    void invalidDocument_changesNothing_andIsReported() {
        rules(", no-data-after: 1m");
        load(0, 5);

        DocumentOutcome refused = alerts.accept(Documents.load("web-01", START + 10_000, "\"1\""), Long.MAX_VALUE);
        assertThat(refused.host()).isNull();
        assertThat(refused.deadLetter())
                .hasValueSatisfying(
                        reason -> assertThat(reason)
                                .isEqualTo(
                                        "metric document: system.load.1: found the string \"1\", expected a finite number (rule Load)"));
        assertThat(alerts.accept(Documents.load("web-01", START, "null"), Long.MAX_VALUE))
                .isEqualTo(new DocumentOutcome(null, List.of(), List.of(), 0, 1));
        assertThat(alerts.accept(Documents.bytes("{\"metricset\":{\"name\":\"cpu\"}}"), Long.MAX_VALUE))
                .isEqualTo(DocumentOutcome.NOTHING);
        alerts.advanceTo(START + 61_000, Long.MAX_VALUE, this::note);
        assertThat(changes)
                .as("a document without its value is none")
                .containsExactly("firing 0-0", "no-data firing 0-60");
    }

    @Test
    void removedHost_hasItsAlertsResolved() {
        rules(", no-data-after: 1m");
        load(0, 5);
        alerts.advanceTo(START + 61_000, Long.MAX_VALUE, this::note);

        assertThat(alerts.withoutDocumentSince(START - 1)).isEmpty();
        assertThat(alerts.withoutDocumentSince(START)).containsExactly("web-01");
        alerts.remove("web-01", START + 90_000, this::note);
        assertThat(changes)
                .containsExactly("firing 0-0", "no-data firing 0-60", "resolved 0-90", "no-data resolved 0-90");
        assertThat(alerts.hosts()).isZero();
        alerts.remove("web-01", START + 90_000, this::note);
        assertThat(changes).hasSize(4);
    }

    @Test
    void hostBeyondTheLimit_isRejected_untilAnotherIsRemoved() {
        rules("");
        load(0, 5);
        alerts.accept(Documents.load("web-02", START, 5), Long.MAX_VALUE);

        DocumentOutcome refused = alerts.accept(Documents.load("web-03", START, 5), Long.MAX_VALUE);
        assertThat(refused.deadLetter())
                .contains("metric document: host.name: found \"web-03\", which is new, and 2 hosts are known, expected "
                        + "no more");
        assertThat(load(10, 1).alerts()).hasSize(1);
        alerts.remove("web-01", START, this::note);
        assertThat(alerts.accept(Documents.load("web-03", START, 5), Long.MAX_VALUE)
                        .alerts())
                .hasSize(1);
    }

    @Test
    void alert_asJson_containsAllFields() {
        rules(
                ", labels: {team: web}, annotations: {summary: '{{ $labels.host }} at {{ $value }} of {{ $threshold }}'}");
        load(0, 5.5);

        assertThat(new String(records.get(0).toJson(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"" + records.get(0).id() + "\",\"rule\":\"Load\",\"kind\":\"value\","
                        + "\"state\":\"firing\",\"reason\":\"document\",\"host\":\"web-01\",\"value\":5.5,"
                        + "\"threshold\":4.0,\"since\":\"2026-11-20T01:00:00Z\",\"at\":\"2026-11-20T01:00:00Z\","
                        + "\"severity\":\"warning\",\"labels\":{\"alertname\":\"Load\",\"host\":\"web-01\","
                        + "\"severity\":\"warning\",\"team\":\"web\"},"
                        + "\"annotations\":{\"summary\":\"web-01 at 5.5 of 4\"}}");
    }
}
