package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Change;
import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.AlertRule.Origin;
import java.util.function.Consumer;

/**
 * Where one rule stands with one host, on its own: it can be put down, carried to other rules, or ended.
 *
 * @param origin the rule's part that stays with an active alert; null where neither value nor silence is alerted on
 * @param state inactive, pending or firing
 */
record StoredState(
        long fingerprint, Origin origin, State state, boolean silent, long lastSeen, long since, long backSince) {

    static StoredState of(Origin origin, HostState host, int at) {
        boolean isActive = host.isSilent(at) || host.state(at) != State.INACTIVE;
        return new StoredState(
                origin.fingerprint(),
                isActive ? origin : null,
                host.state(at),
                host.isSilent(at),
                host.lastSeen(at),
                host.since(at),
                host.backSince(at));
    }

    int nameHash() {
        return (int) (fingerprint >>> 32);
    }

    /** Makes it the state of a rule again. */
    void putInto(HostState host, int at) {
        host.see(at, lastSeen);
        host.silent(at, silent);
        host.become(at, state, since);
        host.backSince(at, backSince);
    }

    /** Ends what is active, at this time or the last document's, whichever is later. */
    void end(String host, Reason reason, long time, Consumer<Alert> changes) {
        long at = Math.max(time, lastSeen);
        if (state != State.INACTIVE) {
            State over = state == State.FIRING ? State.RESOLVED : State.INACTIVE;
            changes.accept(Alert.of(origin, host, new Change(Kind.VALUE, over, reason, Double.NaN, since, at)));
        }
        if (silent) {
            changes.accept(
                    Alert.of(origin, host, new Change(Kind.NO_DATA, State.RESOLVED, reason, Double.NaN, lastSeen, at)));
        }
    }
}
