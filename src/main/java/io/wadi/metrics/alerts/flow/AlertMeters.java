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
import io.wadi.runtime.config.Units;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** The meters of alerts. The changes of a transaction that is aborted and repeated are counted twice. Thread-safe. */
public final class AlertMeters {
    private static final Map<String, ToIntFunction<Active>> STATES =
            Map.of("pending", Active::pending, "firing", Active::firing, "no-data", Active::noData);

    private final MeterRegistry meters;
    private final MultiGauge active;
    private final Map<String, TaskMeters> tasks = new ConcurrentHashMap<>();
    private Set<String> rules = Set.of();

    public AlertMeters(MeterRegistry meters, ActiveRules activeRules) {
        this.meters = meters;
        active = MultiGauge.builder("wadi.alerts.active")
                .description("Alerts that are pending or firing, and hosts with an active no-data alert, by rule")
                .register(meters);
        Gauge.builder("wadi.alerts.hosts", this, AlertMeters::hosts)
                .description("Hosts with alert state in this process")
                .register(meters);
        Gauge.builder(
                        "wadi.alerts.rules.valid",
                        activeRules,
                        file -> file.mistakes().isEmpty() ? 1 : 0)
                .description("1 if the running rules are those of the rules file, 0 if it is invalid or cannot be read")
                .register(meters);
    }

    TaskMeters forTask(String task) {
        TaskMeters counts = new TaskMeters(task);
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

    private synchronized void registerRules(List<Active> now) {
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

    /** The meters of one task, updated by the task's thread. */
    final class TaskMeters {
        private final String task;
        private final Counter late = counter("late", "Documents older than the latest one of their rule and host");
        private final Counter withoutValue = counter("without.value", "Documents that lack the fields of their rule");
        private volatile int hosts;
        private volatile List<Active> active = List.of();

        private TaskMeters(String task) {
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
            for (RejectedDocument rejection : outcome.rejections()) {
                Counter.builder("wadi.alerts.rejected.documents")
                        .description("Documents rejected, counted once per rule")
                        .tags(
                                "cause",
                                Units.word(rejection.cause()),
                                "to",
                                rejection.deadLetter() ? "dead-letter" : "nowhere")
                        .register(meters)
                        .increment();
            }
        }

        void change(Alert change) {
            Counter.builder("wadi.alerts.changes")
                    .description("Alert state changes that were published")
                    .tags("kind", Units.word(change.kind()), "state", Units.word(change.state()))
                    .register(meters)
                    .increment();
        }

        void update(int newHosts, List<Active> newActive) {
            hosts = newHosts;
            active = newActive;
            registerRules(newActive);
        }

        void end() {
            tasks.remove(task, this);
        }
    }
}
