package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Compares alerts with a simple model under random documents, late documents, missing data, edits of rules and
 * restarts. For each rule and host, the model keeps all relevant documents and evaluates all of them each time.
 */
class AlertsModelTest {
    private static final long START = 1_795_000_000_000L;
    private static final int HOSTS = 3;

    /** A rule on the value {@code system.load.1}. */
    private record Rule(String name, double above, double resolveAt, int forS, int keepS, int noDataS) {
        String yaml() {
            return "  - {alert: %s, metricset: load, value: system.load.1, above: %s, resolve-at: %s, for: %ds, "
                            .formatted(name, above, resolveAt, forS)
                    + "keep-firing-for: %ds%s}\n"
                            .formatted(keepS, noDataS == 0 ? "" : ", no-data-after: " + noDataS + "s");
        }

        static Rule random(Random random, String name) {
            double above = 2 + random.nextInt(3);
            int[] times = {0, 0, 10, 25};
            return new Rule(
                    name,
                    above,
                    above - random.nextInt(3),
                    times[random.nextInt(4)],
                    times[random.nextInt(4)],
                    random.nextBoolean() ? 0 : 30 + random.nextInt(60));
        }
    }

    private record Seen(long time, double value) {}

    /** The model of one rule on one host. */
    private static final class Model {
        final Rule rule;
        final String host;
        final List<Seen> counted = new ArrayList<>();
        long lastSeen;
        boolean noData;
        State state = State.INACTIVE;

        Model(Rule rule, String host) {
            this.rule = rule;
            this.host = host;
        }

        void document(long time, double value, Set<String> reported) {
            if (time < lastSeen || (time == lastSeen && noData)) {
                return;
            }
            clock(time, reported);
            if (noData) {
                emit(reported, Kind.NO_DATA, State.RESOLVED, Reason.DOCUMENT, lastSeen, time);
                noData = false;
            }
            lastSeen = time;
            counted.add(new Seen(time, value));
            boolean over = value > (state == State.FIRING ? rule.resolveAt : rule.above);
            if (state == State.FIRING) {
                if (!over && time - firstOfLastRun(false, rule.resolveAt) >= rule.keepS * 1000L) {
                    end(State.RESOLVED, Reason.DOCUMENT, time, reported);
                }
            } else if (over && time - firstOfLastRun(true, rule.above) >= rule.forS * 1000L) {
                transition(State.FIRING, reported, time);
            } else if (over && state == State.INACTIVE) {
                transition(State.PENDING, reported, time);
            } else if (!over && state == State.PENDING) {
                end(State.INACTIVE, Reason.DOCUMENT, time, reported);
            } else if (!over) {
                counted.clear();
            }
        }

        void clock(long time, Set<String> reported) {
            if (rule.noDataS == 0 || lastSeen == 0 || noData || time - lastSeen <= rule.noDataS * 1000L) {
                return;
            }
            long noticed = lastSeen + rule.noDataS * 1000L;
            if (state == State.PENDING) {
                end(State.INACTIVE, Reason.SILENCE, noticed, reported);
            }
            noData = true;
            emit(reported, Kind.NO_DATA, State.FIRING, Reason.SILENCE, lastSeen, noticed);
        }

        void end(Reason reason, long time, Set<String> reported) {
            long at = Math.max(time, lastSeen);
            if (state != State.INACTIVE) {
                end(state == State.FIRING ? State.RESOLVED : State.INACTIVE, reason, at, reported);
            }
            if (noData) {
                emit(reported, Kind.NO_DATA, State.RESOLVED, reason, lastSeen, at);
                noData = false;
            }
        }

        /** Returns the time of the first of the last documents that are all on one side of the limit. */
        private long firstOfLastRun(boolean over, double limit) {
            long first = 0;
            for (int i = counted.size() - 1; i >= 0 && counted.get(i).value > limit == over; i--) {
                first = counted.get(i).time;
            }
            return first;
        }

        private void transition(State next, Set<String> reported, long time) {
            state = next;
            emit(reported, Kind.VALUE, next, Reason.DOCUMENT, since(), time);
        }

        private void end(State next, Reason reason, long time, Set<String> reported) {
            emit(reported, Kind.VALUE, next, reason, since(), time);
            state = State.INACTIVE;
            counted.clear();
        }

        /** Returns the time of the first document over the threshold since the rule was inactive. */
        private long since() {
            return counted.stream()
                    .filter(seen -> seen.value > rule.above)
                    .findFirst()
                    .orElseThrow()
                    .time;
        }

        private void emit(Set<String> reported, Kind kind, State state, Reason reason, long since, long at) {
            reported.add(line(rule.name, host, kind, state, reason, since, at));
        }
    }

    private static String line(String rule, String host, Kind kind, State state, Reason reason, long since, long at) {
        return "%s %s %s %s %s %d-%d".formatted(rule, host, kind, state, reason, since - START, at - START);
    }

    @Property(tries = 200)
    void changes_matchTheModel(@ForAll long seed) {
        new Run(seed).go();
    }

    /** Runs the evaluator and the model side by side. */
    private static final class Run {
        private final Map<String, Model> models = new LinkedHashMap<>();
        private final Set<String> expected = new HashSet<>();
        private final Set<String> reported = new HashSet<>();
        private final Map<String, String> ids = new HashMap<>();
        private final Random random;
        private List<Rule> rules;
        private AlertEvaluator alerts;
        private long now = START;

        Run(long seed) {
            random = new Random(seed);
            rules = randomRules(random);
            alerts = new AlertEvaluator(AlertRules.parse(yaml(rules)), HOSTS);
        }

        void go() {
            for (int step = 0; step < 150; step++) {
                int kind = random.nextInt(100);
                now += random.nextInt(12) * 1000L;
                if (kind < 80) {
                    document();
                } else if (kind < 90) {
                    now += random.nextInt(100) * 1000L;
                    alerts.advanceTo(now, Long.MAX_VALUE, this::reported);
                    models.values().forEach(model -> model.clock(now, expected));
                } else if (kind < 94) {
                    edit();
                } else {
                    restart(random.nextBoolean() ? rules : edited());
                }
                assertThat(reported).as("after step %d", step).isEqualTo(expected);
                reported.clear();
                expected.clear();
            }
        }

        private void document() {
            String host = "host" + random.nextInt(HOSTS);
            long time = random.nextInt(5) == 0 ? now - random.nextInt(30) * 1000L : now;
            double value = random.nextInt(7);
            DocumentOutcome outcome = alerts.accept(Documents.load(host, time, value), Long.MAX_VALUE);
            outcome.alerts().forEach(this::reported);
            int before = (int) models.values().stream()
                    .filter(model -> model.host.equals(host) && model.lastSeen > time)
                    .count();
            rules.forEach(rule -> model(rule, host).document(time, value, expected));
            assertThat(outcome.late()).isGreaterThanOrEqualTo(before);
            assertThat(outcome.rejections()).isEmpty();
        }

        private Model model(Rule rule, String host) {
            return models.computeIfAbsent(rule.name + host, unseen -> new Model(rule, host));
        }

        private void edit() {
            List<Rule> next = edited();
            alerts.reload(AlertRules.parse(yaml(next)), now, this::reported);
            carryModels(next);
        }

        private void restart(List<Rule> next) {
            AlertEvaluator fresh = new AlertEvaluator(AlertRules.parse(yaml(next)), HOSTS);
            for (int i = 0; i < HOSTS; i++) {
                String host = "host" + i;
                alerts.state(host).ifPresent(state -> fresh.restore(host, state, now, this::reported));
            }
            alerts = fresh;
            carryModels(next);
        }

        private void carryModels(List<Rule> next) {
            Map<String, Rule> byName = new HashMap<>();
            next.forEach(rule -> byName.put(rule.name, rule));
            // All rules select the same documents. A rule that was added later may have evaluated only a late one.
            Map<String, Long> lastSeen = new HashMap<>();
            models.values().forEach(model -> lastSeen.merge(model.host, model.lastSeen, Math::max));
            for (Model model : List.copyOf(models.values())) {
                Rule now = byName.get(model.rule.name);
                if (model.rule.equals(now)) {
                    continue;
                }
                model.end(now == null ? Reason.RULE_REMOVED : Reason.RULE_CHANGED, this.now, expected);
                models.remove(model.rule.name + model.host);
                if (now != null) {
                    model(now, model.host).lastSeen = lastSeen.get(model.host);
                }
            }
            rules = next;
        }

        private void reported(Alert alert) {
            assertThat(reported.add(line(
                            alert.rule(),
                            alert.host(),
                            alert.kind(),
                            alert.state(),
                            alert.reason(),
                            alert.since(),
                            alert.at())))
                    .as("reported once: %s", alert)
                    .isTrue();
            assertThat(ids.merge(alert.id(), alert.rule() + alert.host() + alert.kind() + alert.since(), (a, b) -> b))
                    .as("an id belongs to one alert")
                    .isEqualTo(alert.rule() + alert.host() + alert.kind() + alert.since());
        }

        /** Returns the rules with some of them changed, added, removed or moved. */
        private List<Rule> edited() {
            Map<String, Rule> next = new LinkedHashMap<>();
            rules.forEach(rule -> next.put(rule.name, rule));
            String name = "rule" + random.nextInt(5);
            next.remove(name);
            if (random.nextInt(3) > 0) {
                next.put(name, Rule.random(random, name));
            }
            return List.copyOf(next.values());
        }
    }

    private static List<Rule> randomRules(Random random) {
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            rules.add(Rule.random(random, "rule" + i));
        }
        return rules;
    }

    private static String yaml(List<Rule> rules) {
        StringBuilder yaml = new StringBuilder(rules.isEmpty() ? "rules: []" : "rules:\n");
        rules.forEach(rule -> yaml.append(rule.yaml()));
        return yaml.toString();
    }
}
