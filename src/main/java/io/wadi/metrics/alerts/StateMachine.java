package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Change;
import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.util.function.Consumer;

/**
 * The state machine of one rule on one host, with the states of Prometheus: inactive; pending once the value crosses
 * the threshold; firing after {@code for}; resolved once the value is back for {@code keep-firing-for}. A no-data alert
 * is separate: while it is active, a firing alert keeps firing, and a pending one becomes inactive.
 *
 * @param at the rule's index in the host's state
 * @param changes receives each change
 */
record StateMachine(AlertRule rule, HostState host, int at, Consumer<Alert> changes) {
    /**
     * Applies a document.
     *
     * @param value ignored if the rule has no value
     * @return false if nothing has changed: the document is older than the last one, or is repeated while the no-data
     *     alert is active
     */
    boolean observe(long time, double value) {
        long last = host.lastSeen(at);
        if (time < last || (time == last && host.isNoData(at))) {
            return false;
        }
        advance(time);
        if (host.isNoData(at)) {
            host.noData(at, false);
            emit(Kind.NO_DATA, State.RESOLVED, Reason.DOCUMENT, Double.NaN, last, time);
        }
        host.see(at, time);
        if (rule.bound() != null) {
            evaluate(time, value);
        }
        return true;
    }

    /** Advances the time without a document, and raises the no-data alert if it is due. */
    void advance(long time) {
        long last = host.lastSeen(at);
        boolean isTooLong = rule.noDataMs() > 0 && last > 0 && time - last > rule.noDataMs();
        if (!isTooLong || host.isNoData(at)) {
            return;
        }
        long noticed = last + rule.noDataMs();
        if (host.state(at) == State.PENDING) {
            transition(State.INACTIVE, Reason.SILENCE, Double.NaN, host.since(at), noticed);
        }
        host.noData(at, true);
        emit(Kind.NO_DATA, State.FIRING, Reason.SILENCE, Double.NaN, last, noticed);
    }

    private void evaluate(long time, double value) {
        boolean isFiring = host.state(at) == State.FIRING;
        boolean isCrossed = rule.bound().isCrossed(value, isFiring);
        if (isFiring) {
            evaluateFiring(time, value, isCrossed);
        } else if (!isCrossed && host.state(at) == State.PENDING) {
            transition(State.INACTIVE, Reason.DOCUMENT, value, host.since(at), time);
        } else if (isCrossed) {
            boolean isNew = host.state(at) == State.INACTIVE;
            long since = isNew ? time : host.since(at);
            if (time - since >= rule.forMs()) {
                transition(State.FIRING, Reason.DOCUMENT, value, since, time);
            } else if (isNew) {
                transition(State.PENDING, Reason.DOCUMENT, value, since, time);
            }
        }
    }

    private void evaluateFiring(long time, double value, boolean isCrossed) {
        if (isCrossed) {
            host.backSince(at, 0);
            return;
        }
        if (host.backSince(at) == 0) {
            host.backSince(at, time);
        }
        if (time - host.backSince(at) >= rule.keepFiringMs()) {
            transition(State.RESOLVED, Reason.DOCUMENT, value, host.since(at), time);
        }
    }

    private void transition(State state, Reason reason, double value, long since, long time) {
        boolean isActive = state == State.PENDING || state == State.FIRING;
        host.transition(at, isActive ? state : State.INACTIVE, isActive ? since : 0);
        emit(Kind.VALUE, state, reason, value, since, time);
    }

    private void emit(Kind kind, State state, Reason reason, double value, long since, long time) {
        changes.accept(Alert.of(rule, host.host(), new Change(kind, state, reason, value, since, time)));
    }
}
