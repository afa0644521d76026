package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where all hosts stand with all rules, and what changes when documents come, time passes or rules are edited. The same
 * documents and times in the same order give the same changes with the same ids.
 *
 * <p>Times are event times in milliseconds since 1970. A document that comes again, or later than a newer one of the same
 * rule and host, changes nothing, so that reading some again after a restart does no harm. Used by one thread at a time.
 */
public final class AlertEvaluator {
    private final Map<String, HostState> hosts = new HashMap<>();
    private final int mostHosts;
    private AlertRules rules;
    private RuleEvaluation reading;
    private long newest;

    /**
     * Knows no host yet.
     *
     * @param mostHosts how many hosts may be known at once; the documents of more are refused until some are forgotten.
     *     Each takes about 100 bytes, and 24 for each rule
     */
    public AlertEvaluator(AlertRules rules, int mostHosts) {
        this.mostHosts = mostHosts;
        this.rules = rules;
        this.reading = new RuleEvaluation(rules);
    }

    /**
     * Takes a document. Nothing in it makes this throw.
     *
     * @param document one metric document in UTF-8; it is read only as far as the rules need it
     * @param latest a document of a later time is refused: its sender's clock is wrong, and what it sends once the clock
     *     is set right would all be late. {@link Long#MAX_VALUE} for no such limit
     */
    public DocumentOutcome accept(byte[] document, long latest) {
        RejectedDocument refusal = reading.read(document, latest);
        if (refusal != null) {
            return new DocumentOutcome(null, List.of(), List.of(refusal), 0, 0);
        }
        if (reading.selected().length == 0) {
            return DocumentOutcome.NOTHING;
        }
        if (hosts.size() >= mostHosts && !hosts.containsKey(reading.host())) {
            return new DocumentOutcome(null, List.of(), List.of(reading.tooManyHosts(mostHosts)), 0, 0);
        }
        return judge();
    }

    private DocumentOutcome judge() {
        List<Alert> changes = new ArrayList<>(0);
        List<RejectedDocument> refusals = new ArrayList<>(0);
        int late = 0;
        int withoutValue = 0;
        boolean isSeen = false;
        for (int at : reading.selected()) {
            AlertRule rule = rules.rule(at);
            double value = rule.bound() == null ? 0 : reading.measure(at);
            if (Double.isNaN(value) && reading.refusal() != null) {
                refusals.add(reading.refusal());
            } else if (Double.isNaN(value)) {
                withoutValue++;
            } else if (new StateMachine(rule, host(reading.host()), at, changes::add).observe(reading.time(), value)) {
                isSeen = true;
                newest = Math.max(newest, reading.time());
            } else {
                late++;
            }
        }
        return new DocumentOutcome(isSeen ? reading.host() : null, changes, refusals, late, withoutValue);
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
     * Takes notice that it is this time for all hosts, and alerts on those that are silent. A time before one that was
     * told already changes nothing.
     *
     * @param changes is given each change; the states of the hosts in them are others afterwards
     */
    public void advanceTo(long time, Consumer<Alert> changes) {
        advanceTo(time, Long.MAX_VALUE, changes);
    }

    /**
     * The same where documents could come, without a break, for only so long: a host is not silent for longer than it could
     * be heard.
     *
     * @param heardMs for how long, in milliseconds; rules with a longer {@code no-data-after} are left as they are
     */
    public void advanceTo(long time, long heardMs, Consumer<Alert> changes) {
        for (int at = 0; at < rules.size(); at++) {
            long noDataMs = rules.rule(at).noDataMs();
            if (noDataMs > 0 && noDataMs <= heardMs) {
                for (HostState host : hosts.values()) {
                    new StateMachine(rules.rule(at), host, at, changes).advance(time);
                }
            }
        }
    }

    /**
     * Goes on with other rules. Those that are as before keep their states. Of the others active alerts are ended, for the
     * reason that they are changed or gone; a changed one, told by its name, still knows when it saw each host last, so
     * that a silent host stays noticed.
     *
     * @param time when that is, for the changes
     * @param changes is given each change. The states of all hosts may be others afterwards
     */
    public void reload(AlertRules next, long time, Consumer<Alert> changes) {
        AlertRules before = rules;
        rules = next;
        reading = new RuleEvaluation(next);
        hosts.replaceAll((name, state) -> carry(name, states(before, state), time, changes));
    }

    /** One host's state, to be kept outside: nothing where the host is not known. */
    public Optional<byte[]> state(String host) {
        return Optional.ofNullable(hosts.get(host)).map(state -> StateBytes.write(states(rules, state)));
    }

    /**
     * Puts one host's state back in place of the one it has, however many hosts are known. Rules that are not as they were when the state was taken are
     * treated as in {@link #reload}.
     *
     * @throws IllegalArgumentException where these are not the bytes of a state, or those of another version; nothing has
     *     changed then
     */
    public void restore(String host, byte[] state, long time, Consumer<Alert> changes) {
        List<StoredState> states = StateBytes.read(state);
        states.forEach(each -> newest = Math.max(newest, each.lastSeen()));
        hosts.put(host, carry(host, states, time, changes));
    }

    /** The hosts that no rule has seen since this time, itself included. */
    public List<String> silentSince(long time) {
        List<String> silent = new ArrayList<>();
        hosts.forEach((name, state) -> {
            long newest = 0;
            for (int at = 0; at < rules.size(); at++) {
                newest = Math.max(newest, state.lastSeen(at));
            }
            if (newest <= time) {
                silent.add(name);
            }
        });
        return silent;
    }

    /** Ends a host's alerts, and knows it no more; its next document begins anew. */
    public void forget(String host, long time, Consumer<Alert> changes) {
        HostState state = hosts.remove(host);
        if (state != null) {
            states(rules, state).forEach(stored -> stored.end(host, Reason.HOST_FORGOTTEN, time, changes));
        }
    }

    /** How many hosts are known. */
    public int hosts() {
        return hosts.size();
    }

    /** The newest time that a document of any host had, in milliseconds since 1970; 0 where there was none. */
    public long newest() {
        return newest;
    }

    /** How many alerts of each rule are active now, in the order of the rules. */
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
        int silent = 0;
        for (HostState host : hosts.values()) {
            pending += host.state(rule) == State.PENDING ? 1 : 0;
            firing += host.state(rule) == State.FIRING ? 1 : 0;
            silent += host.isSilent(rule) ? 1 : 0;
        }
        return new Active(rules.rule(rule).name(), pending, firing, silent);
    }

    /**
     * A rule's active alerts.
     *
     * @param silent how many hosts' silence is alerted on
     */
    public record Active(String rule, int pending, int firing, int silent) {}

    /** Those of the rules that have seen the host. */
    private static List<StoredState> states(AlertRules rules, HostState host) {
        List<StoredState> states = new ArrayList<>(rules.size());
        for (int at = 0; at < rules.size(); at++) {
            if (host.lastSeen(at) > 0) {
                states.add(StoredState.of(rules.origin(at), host, at));
            }
        }
        return states;
    }

    private HostState carry(String name, List<StoredState> states, long time, Consumer<Alert> changes) {
        HostState host = new HostState(name, rules.size());
        for (StoredState state : states) {
            Integer same = rules.byFingerprint(state.fingerprint());
            Integer changed = rules.byName(state.nameHash());
            if (same != null) {
                state.putInto(host, same);
                continue;
            }
            state.end(name, changed == null ? Reason.RULE_REMOVED : Reason.RULE_CHANGED, time, changes);
            if (changed != null) {
                host.see(changed, state.lastSeen());
            }
        }
        return host;
    }
}
