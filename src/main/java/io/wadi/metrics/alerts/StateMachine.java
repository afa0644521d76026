package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.Change;
import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.Reason;
import io.wadi.metrics.alerts.Alert.State;
import java.util.function.Consumer;

/**
 * How one rule's state on one host changes, as a Prometheus user knows it: inactive, pending once the value is over the
 * threshold, firing when it has been for as long as {@code for}, over when it has been back for as long as {@code
 * keep-firing-for}. Silence is an alert of its own beside it: what fires goes on firing, what is pending begins anew.
 */
final class StateMachine {
    private final AlertRule rule;
    private final HostState host;
    private final int at;
    private final Consumer<Alert> changes;

    /**
     * @param at the rule's place in the host's state
     * @param changes is given each change
     */
    StateMachine(AlertRule rule, HostState host, int at, Consumer<Alert> changes) {
        this.rule = rule;
        this.host = host;
        this.at = at;
        this.changes = changes;
    }

    /**
     * Takes a document.
     *
     * @param value meaningless where the rule asks for none
     * @return false where it is older than the last, or the same again in a silence: nothing has changed
     */
    boolean observe(long time, double value) {
        long last = host.lastSeen(at);
        if (time < last || (time == last && host.isSilent(at))) {
            return false;
        }
        advance(time);
        if (host.isSilent(at)) {
            host.silent(at, false);
            tell(Kind.NO_DATA, State.RESOLVED, Reason.DOCUMENT, Double.NaN, last, time);
        }
        host.see(at, time);
        if (rule.bound() != null) {
            judge(time, value);
        }
        return true;
    }

    /** Takes notice that it is this time, without a document. */
    void advance(long time) {
        long last = host.lastSeen(at);
        boolean isTooLong = rule.noDataMs() > 0 && last > 0 && time - last > rule.noDataMs();
        if (!isTooLong || host.isSilent(at)) {
            return;
        }
        long noticed = last + rule.noDataMs();
        if (host.state(at) == State.PENDING) {
            become(State.INACTIVE, Reason.SILENCE, Double.NaN, host.since(at), noticed);
        }
        host.silent(at, true);
        tell(Kind.NO_DATA, State.FIRING, Reason.SILENCE, Double.NaN, last, noticed);
    }

    private void judge(long time, double value) {
        boolean isFiring = host.state(at) == State.FIRING;
        boolean isCrossed = rule.bound().isCrossed(value, isFiring);
        if (isFiring) {
            judgeFiring(time, value, isCrossed);
        } else if (!isCrossed && host.state(at) == State.PENDING) {
            become(State.INACTIVE, Reason.DOCUMENT, value, host.since(at), time);
        } else if (isCrossed) {
            boolean isNew = host.state(at) == State.INACTIVE;
            long since = isNew ? time : host.since(at);
            if (time - since >= rule.forMs()) {
                become(State.FIRING, Reason.DOCUMENT, value, since, time);
            } else if (isNew) {
                become(State.PENDING, Reason.DOCUMENT, value, since, time);
            }
        }
    }

    private void judgeFiring(long time, double value, boolean isCrossed) {
        if (isCrossed) {
            host.backSince(at, 0);
            return;
        }
        if (host.backSince(at) == 0) {
            host.backSince(at, time);
        }
        if (time - host.backSince(at) >= rule.keepFiringMs()) {
            become(State.RESOLVED, Reason.DOCUMENT, value, host.since(at), time);
        }
    }

    private void become(State state, Reason reason, double value, long since, long time) {
        boolean isActive = state == State.PENDING || state == State.FIRING;
        host.become(at, isActive ? state : State.INACTIVE, isActive ? since : 0);
        tell(Kind.VALUE, state, reason, value, since, time);
    }

    private void tell(Kind kind, State state, Reason reason, double value, long since, long time) {
        changes.accept(Alert.of(rule, host.host(), new Change(kind, state, reason, value, since, time)));
    }
}
