package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A fleet with each incident at each start time, evaluated by the shipped rules, with a restart every five minutes.
 * Each incident fires once and is resolved once, and there are no other alerts.
 */
class FleetTest {
    private static final int HOSTS = Fleet.COMBINATIONS;
    private static final long START = Instant.parse("2026-11-20T01:00:00Z").toEpochMilli();

    private final Map<String, Integer> reported = new TreeMap<>();
    private final Map<String, Integer> ids = new TreeMap<>();
    private AlertEvaluator alerts;
    private int late;

    @Test
    void incidents_fireOnce_andResolveOnce_withoutFalseAlerts() throws IOException {
        AlertRules rules = AlertRules.parse(Files.readString(Path.of("alerts.yaml")));
        alerts = new AlertEvaluator(rules, HOSTS);
        Fleet fleet = new Fleet(HOSTS, START, (host, document) -> accept(document));
        for (int second = 0; second < Fleet.SECONDS; second += Fleet.PERIOD) {
            fleet.send(second);
            alerts.advanceTo(START + second * 1000L, Long.MAX_VALUE, this::note);
            if (second % 300 == 200) {
                restart(rules);
            }
        }

        assertThat(reported).isEqualTo(fleet.expected());
        assertThat(ids.values()).as("each alert was reported once").containsOnly(1);
        assertThat(late).isPositive();
    }

    private void accept(byte[] document) {
        DocumentOutcome outcome = alerts.accept(document, Long.MAX_VALUE);
        assertThat(outcome.rejections()).isEmpty();
        late += outcome.late();
        outcome.alerts().forEach(this::note);
    }

    private void note(Alert alert) {
        if (alert.state() == State.FIRING || alert.state() == State.RESOLVED) {
            reported.merge(Fleet.key(alert.host(), alert.rule(), alert.state()), 1, Integer::sum);
            ids.merge(alert.id() + alert.state(), 1, Integer::sum);
        }
    }

    /** Replaces the evaluator with one restored from the serialized states. */
    private void restart(AlertRules rules) {
        AlertEvaluator next = new AlertEvaluator(rules, HOSTS);
        for (int host = 0; host < HOSTS; host++) {
            String name = Fleet.name(host);
            next.restore(name, alerts.state(name).orElseThrow(), START, this::note);
        }
        alerts = next;
    }
}
