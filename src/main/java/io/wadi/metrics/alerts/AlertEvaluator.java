package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The alert states of all hosts and rules, which documents, time and reloaded rules change. Evaluation is
 * deterministic: the same documents and times in the same order give the same changes with the same ids.
 *
 * <p>Times are event times in milliseconds since 1970. A repeated document changes nothing, and neither does one that
 * is older than the latest document of the same rule and host, so documents may be read again after a restart. Not
 * thread-safe.
 */
public final class AlertEvaluator {
    private final Map<String, HostState> hosts = new HashMap<>();
    private final int maxHosts;
    private AlertRules rules;
    private RuleEvaluation evaluation;
    private long newest;

    /**
     * Creates an evaluator without hosts.
     *
     * @param maxHosts maximum number of hosts; documents of further hosts are rejected. A host takes about 100 bytes
     *     plus 24 per rule
     */
    public AlertEvaluator(AlertRules rules, int maxHosts) {
        this.maxHosts = maxHosts;
        this.rules = rules;
        this.evaluation = new RuleEvaluation(rules);
    }

    /**
     * Evaluates a document. Invalid documents are reported in the outcome, never thrown.
     *
     * @param document one metric document in UTF-8, parsed only as far as the rules need it
     * @param latest documents with a later timestamp are rejected, because all documents sent after the clock is
     *     corrected would be late; {@link Long#MAX_VALUE} for no limit
     */
    public DocumentOutcome accept(byte[] document, long latest) {
        RejectedDocument rejection = evaluation.read(document, latest);
        if (rejection != null) {
            return new DocumentOutcome(null, List.of(), List.of(rejection), 0, 0);
        }
        if (evaluation.selected().length == 0) {
            return DocumentOutcome.NOTHING;
        }
        if (hosts.size() >= maxHosts && !hosts.containsKey(evaluation.host())) {
            return new DocumentOutcome(null, List.of(), List.of(evaluation.rejectTooManyHosts(maxHosts)), 0, 0);
        }
        return evaluate();
    }

    private DocumentOutcome evaluate() {
        List<Alert> changes = new ArrayList<>(0);
        List<RejectedDocument> rejections = new ArrayList<>(0);
        int late = 0;
        int withoutValue = 0;
        boolean isSeen = false;
        for (int at : evaluation.selected()) {
            AlertRule rule = rules.rule(at);
            double value = rule.bound() == null ? 0 : evaluation.measure(at);
            if (Double.isNaN(value) && evaluation.rejection() != null) {
                rejections.add(evaluation.rejection());
            } else if (Double.isNaN(value)) {
                withoutValue++;
            } else if (new StateMachine(rule, host(evaluation.host()), at, changes::add)
                    .observe(evaluation.time(), value)) {
                isSeen = true;
                newest = Math.max(newest, evaluation.time());
            } else {
                late++;
            }
        }
        return new DocumentOutcome(isSeen ? evaluation.host() : null, changes, rejections, late, withoutValue);
    }

    private HostState host(String name) {
        HostState known = hosts.get(name);
        if (known == null) {
            known = new HostState(name, rules.size());
            hosts.put(name, known);
        }
        return known;
    }

    /**
     * Advances the time of all hosts and raises no-data alerts. An earlier time than before changes nothing.
     *
     * @param availableMs how long Kafka has been available without interruption, in milliseconds; rules with a longer
     *     {@code no-data-after} are skipped
     * @param changes receives each change; the states of the hosts of these changes have changed
     */
    public void advanceTo(long time, long availableMs, Consumer<Alert> changes) {
        for (int at = 0; at < rules.size(); at++) {
            long noDataMs = rules.rule(at).noDataMs();
            if (noDataMs > 0 && noDataMs <= availableMs) {
                for (HostState host : hosts.values()) {
                    new StateMachine(rules.rule(at), host, at, changes).advance(time);
                }
            }
        }
    }

    /**
     * Replaces the rules. Unchanged rules keep their states; active alerts of changed or removed rules are resolved. A
     * changed rule, identified by its name, continues no-data detection for each host whose documents it has evaluated,
     * at the last of the documents that it now selects and any rule has evaluated; never for a host without one.
     *
     * @param time the time of the changes
     * @param changes receives each change; the states of all hosts may have changed
     */
    public void reload(AlertRules next, long time, Consumer<Alert> changes) {
        AlertRules before = rules;
        rules = next;
        evaluation = new RuleEvaluation(next);
        hosts.replaceAll((name, state) -> carryOver(name, states(before, state), time, changes));
    }

    /** Returns the serialized state of a host; empty for an unknown host. */
    public Optional<byte[]> state(String host) {
        return Optional.ofNullable(hosts.get(host)).map(state -> StateBytes.write(states(rules, state)));
    }

    /**
     * Replaces the state of a host by a serialized one, regardless of the limit of hosts. Rules that have changed since
     * are treated as in {@link #reload}.
     *
     * @throws IllegalArgumentException if the bytes are invalid or of another version; nothing is changed in this case
     */
    public void restore(String host, byte[] state, long time, Consumer<Alert> changes) {
        List<StoredState> states = StateBytes.read(state);
        states.forEach(each -> newest = Math.max(newest, each.lastSeen()));
        hosts.put(host, carryOver(host, states, time, changes));
    }

    /** Returns the hosts without a document after a time. */
    public List<String> withoutDocumentSince(long time) {
        List<String> noData = new ArrayList<>();
        hosts.forEach((name, state) -> {
            long newest = 0;
            for (int at = 0; at < rules.size(); at++) {
                newest = Math.max(newest, state.lastSeen(at));
            }
            if (newest <= time) {
                noData.add(name);
            }
        });
        return noData;
    }

    /** Visits the alerts that rules can have raised for a host, by the documents that they have evaluated. */
    public void visitAlerts(String host, BiConsumer<String, Alert.Kind> visitor) {
        HostState state = hosts.get(host);
        for (int at = 0; state != null && at < rules.size(); at++) {
            AlertRule rule = rules.rule(at);
            if (state.lastSeen(at) > 0 && rule.bound() != null) {
                visitor.accept(rule.name(), Alert.Kind.VALUE);
            }
            if (state.lastSeen(at) > 0 && rule.noDataMs() > 0) {
                visitor.accept(rule.name(), Alert.Kind.NO_DATA);
            }
        }
    }

    /** Resolves a host's alerts and removes its state. */
    public void remove(String host, long time, Consumer<Alert> changes) {
        HostState state = hosts.remove(host);
        if (state != null) {
            states(rules, state).forEach(stored -> stored.end(host, Reason.HOST_EXPIRED, time, changes));
        }
    }

    public int hosts() {
        return hosts.size();
    }

    /** Returns the newest timestamp of all documents, in milliseconds since 1970; 0 before the first. */
    public long newest() {
        return newest;
    }

    /** Returns the numbers of active alerts per rule, in the order of the rules. */
    public List<Active> active() {
        List<Active> active = new ArrayList<>(rules.size());
        for (int at = 0; at < rules.size(); at++) {
            active.add(active(at));
        }
        return active;
    }

    private Active active(int rule) {
        int pending = 0;
        int firing = 0;
        int noData = 0;
        for (HostState host : hosts.values()) {
            pending += host.state(rule) == State.PENDING ? 1 : 0;
            firing += host.state(rule) == State.FIRING ? 1 : 0;
            noData += host.isNoData(rule) ? 1 : 0;
        }
        return new Active(rules.rule(rule).name(), pending, firing, noData);
    }

    /**
     * The numbers of a rule's active alerts.
     *
     * @param noData hosts with an active no-data alert
     */
    public record Active(String rule, int pending, int firing, int noData) {}

    private static List<StoredState> states(AlertRules rules, HostState host) {
        List<StoredState> states = new ArrayList<>(rules.size() + 4);
        Map<Long, Long> documents = new TreeMap<>();
        for (int at = 0; at < rules.size(); at++) {
            if (host.lastSeen(at) > 0) {
                states.add(StoredState.of(rules.origin(at), host, at));
                documents.merge(rules.documents(at), host.lastSeen(at), Math::max);
            }
        }
        documents.forEach((each, lastSeen) -> states.add(StoredState.ofDocuments(each, lastSeen)));
        return states;
    }

    private HostState carryOver(String name, List<StoredState> states, long time, Consumer<Alert> changes) {
        HostState host = new HostState(name, rules.size());
        Map<Long, Long> documents = states.stream()
                .filter(StoredState::isOfDocuments)
                .collect(Collectors.toMap(StoredState::fingerprint, StoredState::lastSeen, Math::max));
        for (StoredState state : states) {
            Integer same = rules.byFingerprint(state.fingerprint());
            Integer changed = rules.byName(state.nameHash());
            if (same != null) {
                state.restoreTo(host, same);
                continue;
            }
            state.end(name, changed == null ? Reason.RULE_REMOVED : Reason.RULE_CHANGED, time, changes);
            if (changed != null) {
                // A state of an earlier version of Wadi does not contain which documents the host has sent.
                Long lastSeen = documents.isEmpty() ? (Long) state.lastSeen() : documents.get(rules.documents(changed));
                if (lastSeen != null) {
                    host.see(changed, lastSeen);
                }
            }
        }
        return host;
    }
}
