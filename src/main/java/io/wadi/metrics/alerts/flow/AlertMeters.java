package io.wadi.metrics.alerts.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.AlertEvaluator.Active;
import io.wadi.metrics.alerts.DocumentOutcome;
import io.wadi.metrics.alerts.RejectedDocument;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * The meters of alerts. What is counted is counted when it is done; where its transaction is taken back it is counted again.
 * Thread-safe.
 */
public final class AlertMeters {
    private static final Map<String, ToIntFunction<Active>> STATES =
            Map.of("pending", Active::pending, "firing", Active::firing, "silent", Active::silent);

    private final MeterRegistry meters;
    private final MultiGauge active;
    private final Map<String, OfTask> tasks = new ConcurrentHashMap<>();
    private Set<String> rules = Set.of();

    /** Takes where the meters go, and the rules. */
    public AlertMeters(MeterRegistry meters, ActiveRules inForce) {
        this.meters = meters;
        active = MultiGauge.builder("wadi.alerts.active")
                .description("Alerts that are pending or firing, and silent hosts that are alerted on, by rule")
                .register(meters);
        Gauge.builder("wadi.alerts.hosts", this, AlertMeters::hosts)
                .description("Hosts that are known here")
                .register(meters);
        Gauge.builder(
                        "wadi.alerts.rules.valid",
                        inForce,
                        file -> file.mistakes().isEmpty() ? 1 : 0)
                .description("1 where the rules are those of the file as it is now, 0 where it has mistakes")
                .register(meters);
    }

    OfTask ofTask(String task) {
        OfTask counts = new OfTask(task);
        tasks.put(task, counts);
        return counts;
    }

    private double hosts() {
        return tasks.values().stream().mapToInt(task -> task.hosts).sum();
    }

    private double active(String rule, ToIntFunction<Active> state) {
        return tasks.values().stream()
                .flatMap(task -> task.active.stream())
                .filter(each -> each.rule().equals(rule))
                .mapToInt(state)
                .sum();
    }

    private synchronized void follow(List<Active> now) {
        Set<String> names = new LinkedHashSet<>();
        now.forEach(each -> names.add(each.rule()));
        if (names.equals(rules)) {
            return;
        }
        rules = names;
        List<Row<?>> rows = new ArrayList<>();
        names.forEach(rule -> STATES.forEach((state, count) ->
                rows.add(Row.of(Tags.of("rule", rule, "state", state), this, all -> all.active(rule, count)))));
        active.register(rows, true);
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Those of one task. The figures are written on its thread. */
    final class OfTask {
        private final String task;
        private final Counter late = counter("late", "Documents that came after later ones of their rule and host");
        private final Counter withoutValue = counter("without.value", "Documents without the field of their rule");
        private volatile int hosts;
        private volatile List<Active> active = List.of();

        private OfTask(String task) {
            this.task = task;
        }

        private Counter counter(String name, String description) {
            return Counter.builder("wadi.alerts." + name)
                    .description(description)
                    .register(meters);
        }

        void document(DocumentOutcome outcome) {
            if (outcome.late() > 0) {
                late.increment(outcome.late());
            }
            if (outcome.withoutValue() > 0) {
                withoutValue.increment(outcome.withoutValue());
            }
            for (RejectedDocument refusal : outcome.refusals()) {
                Counter.builder("wadi.alerts.rejected.documents")
                        .description("Documents that could not be used, for each rule")
                        .tags("cause", word(refusal.cause()), "to", refusal.deadLetter() ? "dead-letter" : "nowhere")
                        .register(meters)
                        .increment();
            }
        }

        void change(Alert change) {
            Counter.builder("wadi.alerts.changes")
                    .description("Changes of alerts that were told")
                    .tags("kind", word(change.kind()), "state", word(change.state()))
                    .register(meters)
                    .increment();
        }

        void standing(int newHosts, List<Active> newActive) {
            hosts = newHosts;
            active = newActive;
            follow(newActive);
        }

        void end() {
            tasks.remove(task, this);
        }
    }
}
