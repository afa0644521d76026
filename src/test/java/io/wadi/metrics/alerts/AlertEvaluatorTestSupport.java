package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.runtime.config.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An evaluator, and the changes of its alerts. Times are in seconds after {@link #START}. */
abstract class AlertEvaluatorTestSupport {
    static final long START = Instant.parse("2026-11-20T01:00:00Z").toEpochMilli();
    static final String RULE = "rules:\n  - {alert: Load, metricset: load, value: system.load.1, above: 4";

    final List<String> changes = new ArrayList<>();
    final List<Alert> records = new ArrayList<>();
    AlertEvaluator alerts;

    void rules(String reason) {
        alerts = new AlertEvaluator(AlertRules.parse(RULE + reason + "}"), 2);
    }

    DocumentOutcome load(int at, double value) {
        DocumentOutcome outcome = alerts.accept(Documents.load("web-01", START + at * 1000L, value), Long.MAX_VALUE);
        outcome.alerts().forEach(this::note);
        return outcome;
    }

    void note(Alert alert) {
        records.add(alert);
        changes.add("%s%s %d-%d"
                .formatted(
                        alert.kind() == Kind.NO_DATA ? "no-data " : "",
                        Units.word(alert.state()),
                        (alert.since() - START) / 1000,
                        (alert.at() - START) / 1000));
    }
}
