package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of alerts by documents and by the clock. Times are in seconds after {@link #START}. */
class AlertEvaluatorTest {
    private static final long START = Instant.parse("2026-11-20T01:00:00Z").toEpochMilli();
    private static final String RULE = "rules:\n  - {alert: Load, metricset: load, value: system.load.1, above: 4";

    private final List<String> changes = new ArrayList<>();
    private final List<Alert> records = new ArrayList<>();
    private AlertEvaluator alerts;

    private void rules(String reason) {
        alerts = new AlertEvaluator(AlertRules.parse(RULE + reason + "}"), 2);
    }

    private DocumentOutcome load(int at, double value) {
        DocumentOutcome outcome = alerts.accept(Documents.load("web-01", START + at * 1000L, value), Long.MAX_VALUE);
        outcome.alerts().forEach(this::note);
        return outcome;
    }

    private void note(Alert alert) {
        records.add(alert);
        changes.add("%s%s %d-%d"
                .formatted(
                        alert.kind() == Kind.NO_DATA ? "no-data " : "",
                        Alert.word(alert.state()),
                        (alert.since() - START) / 1000,
                        (alert.at() - START) / 1000));
    }

    // ---- value

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

    // ---- no data

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

    // ---- other rules

    @Test
    void reload_withAnUnchangedRule_keepsItsStates() {
        rules(", for: 20s");
        load(0, 5);
        alerts.reload(
                AlertRules.parse("rules:\n  - {alert: New, no-data-after: 1d}\n" + RULE.substring("rules:\n".length())
                        + ", for: 20s, annotations: {a: b}}"),
                START + 10_000,
                this::note);
        load(20, 5);

        assertThat(changes).containsExactly("pending 0-0", "firing 0-20");
        assertThat(records.get(1).annotations()).containsEntry("a", "b");
    }

    @Test
    void reload_withAChangedRule_resolvesItsAlerts_andKeepsHostsWithoutData() {
        rules(", no-data-after: 1m");
        load(0, 5);
        alerts.advanceTo(START + 61_000, Long.MAX_VALUE, this::note);
        alerts.reload(AlertRules.parse(RULE + ", no-data-after: 2m}"), START + 70_000, this::note);
        assertThat(records).extracting(Alert::reason).endsWith(Reason.RULE_CHANGED, Reason.RULE_CHANGED);
        alerts.advanceTo(START + 121_000, Long.MAX_VALUE, this::note);
        load(130, 5);

        assertThat(changes)
                .containsExactly(
                        "firing 0-0",
                        "no-data firing 0-60",
                        "resolved 0-70",
                        "no-data resolved 0-70",
                        "no-data firing 0-120",
                        "no-data resolved 0-130",
                        "firing 130-130");
        assertThat(records.get(4).id()).isNotEqualTo(records.get(1).id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ruleForOtherDocuments_doesNotReportHostsThatNeverSentThem(boolean isRestart) {
        rules(", no-data-after: 1m");
        load(0, 5);
        alerts.accept(Documents.load("web-02", START, 1), Long.MAX_VALUE);
        change(isRestart, "rules: [{alert: Load, metricset: cpu, no-data-after: 1m}]");
        alerts.advanceTo(START + 120_000, Long.MAX_VALUE, this::note);

        assertThat(changes).containsExactly("firing 0-0", "resolved 0-10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ruleForOtherDocuments_reportsHostsThatSentThemToAnotherRule(boolean isRestart) {
        rules("}\n  - {alert: Any, metricset: cpu, no-data-after: 1h");
        load(0, 1);
        alerts.accept(
                Documents.bytes(new String(Documents.load("web-01", START, 1), StandardCharsets.UTF_8)
                        .replace("{\"name\":\"load\"}", "{\"name\":\"cpu\"}")),
                Long.MAX_VALUE);
        change(isRestart, "rules: [{alert: Load, metricset: cpu, no-data-after: 1m}]");
        alerts.advanceTo(START + 120_000, Long.MAX_VALUE, this::note);

        assertThat(changes).containsExactly("no-data firing 0-60");
    }

    /** Changes the rules at the tenth second, while the evaluator runs or at its restart. */
    private void change(boolean isRestart, String yaml) {
        if (!isRestart) {
            alerts.reload(AlertRules.parse(yaml), START + 10_000, this::note);
            return;
        }
        AlertEvaluator next = new AlertEvaluator(AlertRules.parse(yaml), 2);
        for (String host : List.of("web-01", "web-02")) {
            alerts.state(host).ifPresent(state -> next.restore(host, state, START + 10_000, this::note));
        }
        alerts = next;
    }

    @Test
    void reload_withoutTheRule_resolvesItsAlerts() {
        rules(", for: 10s, labels: {team: web}");
        load(0, 5);
        load(10, 5);
        alerts.reload(AlertRules.parse("rules: []"), START + 5_000, this::note);

        assertThat(changes).containsExactly("pending 0-0", "firing 0-10", "resolved 0-10");
        assertThat(records.get(2).reason()).isEqualTo(Reason.RULE_REMOVED);
        assertThat(records.get(2).labels()).isEqualTo(records.get(1).labels());
        assertThat(records.get(2).id()).isEqualTo(records.get(1).id());
    }

    @Test
    void restart_withinAnIncident_continuesIt() {
        rules(", for: 20s, keep-firing-for: 20s");
        load(0, 5);
        restart(", for: 20s, keep-firing-for: 20s");
        load(20, 5);
        load(30, 1);
        restart(", for: 20s, keep-firing-for: 20s");
        load(0, 5);
        load(50, 1);

        assertThat(changes).containsExactly("pending 0-0", "firing 0-20", "resolved 0-50");
    }

    /** After a crash, the state is that of the last commit, and later documents are read again. */
    @Test
    void restart_fromAnOlderState_emitsTheSameChangesAgain() {
        rules(", for: 20s");
        load(0, 5);
        byte[] committed = alerts.state("web-01").orElseThrow();
        load(20, 5);
        load(30, 1);
        rules(", for: 20s");
        alerts.restore("web-01", committed, START + 40_000, this::note);
        load(0, 5);
        load(20, 5);
        load(30, 1);

        assertThat(records).hasSize(5);
        assertThat(records.subList(3, 5)).isEqualTo(records.subList(1, 3));
    }

    @Test
    void restart_withAChangedRule_resolvesItsAlerts() {
        rules("");
        load(0, 5);
        restart(", for: 20s, labels: {team: web}");

        assertThat(changes).containsExactly("firing 0-0", "resolved 0-60");
        assertThat(records.get(1).labels())
                .as("the labels it fired with")
                .containsOnlyKeys("alertname", "host", "severity");
    }

    private void restart(String reason) {
        byte[] state = alerts.state("web-01").orElseThrow();
        rules(reason);
        assertThat(alerts.state("web-01")).isEmpty();
        alerts.restore("web-01", state, START + 60_000, this::note);
        assertThat(alerts.hosts()).isEqualTo(1);
    }

    // ---- expired hosts

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

    // ---- the record

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
