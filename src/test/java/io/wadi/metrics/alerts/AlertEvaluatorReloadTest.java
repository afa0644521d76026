package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts across reloads of the rules and restarts of the evaluator. */
class AlertEvaluatorReloadTest extends AlertEvaluatorTestSupport {
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

    /** Otherwise each host whose former documents are older than the time without data would have a false alert. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ruleForOtherDocuments_continuesAtTheTimeOfTheLastOfThem(boolean isRestart) {
        rules("}\n  - {alert: Any, metricset: cpu, no-data-after: 1h");
        load(0, 1);
        alerts.accept(
                Documents.bytes(new String(Documents.load("web-01", START + 100_000, 1), StandardCharsets.UTF_8)
                        .replace("{\"name\":\"load\"}", "{\"name\":\"cpu\"}")),
                Long.MAX_VALUE);
        change(isRestart, "rules: [{alert: Load, metricset: cpu, no-data-after: 1m}]");

        alerts.advanceTo(START + 120_000, Long.MAX_VALUE, this::note);
        assertThat(changes).isEmpty();
        alerts.advanceTo(START + 161_000, Long.MAX_VALUE, this::note);
        assertThat(changes).containsExactly("no-data firing 100-160");
    }

    /** The rule Load is added after the document of second 100, and has evaluated only a late one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changedRule_continuesAtTheLastDocument_thatAnyRuleHasEvaluated(boolean isRestart) {
        String other = "rules:\n  - {alert: Any, metricset: load, no-data-after: 1h}\n  - ";
        alerts = new AlertEvaluator(AlertRules.parse(other + "{alert: New, metricset: load, no-data-after: 1h}"), 2);
        load(100, 1);
        change(false, other + "{alert: Load, metricset: load, no-data-after: 1h}");
        load(0, 1);
        change(isRestart, other + "{alert: Load, metricset: load, no-data-after: 1m}");

        alerts.advanceTo(START + 120_000, Long.MAX_VALUE, this::note);
        assertThat(changes).isEmpty();
        alerts.advanceTo(START + 161_000, Long.MAX_VALUE, this::note);
        assertThat(changes).containsExactly("no-data firing 100-160");
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
}
