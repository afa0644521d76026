package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Change;
import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.AlertRule.Origin;
import java.util.function.Consumer;

/**
 * A snapshot of one rule's state on one host, independent of the running rules.
 *
 * @param origin the part of the rule that is stored with an active alert; null if no alert is active
 * @param state inactive, pending or firing
 */
record StoredState(
        long fingerprint, Origin origin, State state, boolean noData, long lastSeen, long since, long backSince) {

    static StoredState of(Origin origin, HostState host, int at) {
        boolean isActive = host.isNoData(at) || host.state(at) != State.INACTIVE;
        return new StoredState(
                origin.fingerprint(),
                isActive ? origin : null,
                host.state(at),
                host.isNoData(at),
                host.lastSeen(at),
                host.since(at),
                host.backSince(at));
    }

    /** Returns a state that only stores that the host has sent such documents. Earlier versions of Wadi ignore it. */
    static StoredState ofDocuments(long documents, long lastSeen) {
        return new StoredState(documents, null, State.INACTIVE, false, lastSeen, 0, 0);
    }

    boolean isOfDocuments() {
        return nameHash() == AlertRule.DOCUMENTS;
    }

    int nameHash() {
        return (int) (fingerprint >>> 32);
    }

    void restoreTo(HostState host, int at) {
        host.see(at, lastSeen);
        host.noData(at, noData);
        host.transition(at, state, since);
        host.backSince(at, backSince);
    }

    /** Resolves the active alerts at a time, or at that of the last document if it is later. */
    void end(String host, Reason reason, long time, Consumer<Alert> changes) {
        long at = Math.max(time, lastSeen);
        if (state != State.INACTIVE) {
            State over = state == State.FIRING ? State.RESOLVED : State.INACTIVE;
            changes.accept(Alert.of(origin, host, new Change(Kind.VALUE, over, reason, Double.NaN, since, at)));
        }
        if (noData) {
            changes.accept(
                    Alert.of(origin, host, new Change(Kind.NO_DATA, State.RESOLVED, reason, Double.NaN, lastSeen, at)));
        }
    }
}
