package io.wadi.runtime.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The debounced health state of one dependency. The state changes from up to down after faults have lasted for
 * {@link HealthThresholds#downAfter()} without a proof between them, and from down to up after proofs have lasted for
 * {@link HealthThresholds#upAfter()} without a fault between them. The first result and the first proof take effect
 * immediately.
 *
 * @param since the time of the first fault or proof that led to the state
 * @param fault the message of the last fault in effect; null if there is none
 * @param proof the message of the last proof; null before the first
 * @param pendingSince the time of the first result that contradicts the state; null if the last result agrees with it
 * @param checkedAt the time of the last result; null before the first
 */
public record HealthState(
        State state, Instant since, String fault, String proof, Instant pendingSince, Instant checkedAt) {
    /** The state of a dependency. */
    public enum State {
        /** Before the first result. */
        UNKNOWN,
        UP,
        DOWN
    }

    /** Returns the state before the first result. */
    public static HealthState unknown(Instant since) {
        return new HealthState(State.UNKNOWN, since, null, null, null, null);
    }

    public boolean isUp() {
        return state == State.UP;
    }

    /** Returns the state after another result, which must not be older than the previous results. */
    public HealthState after(Instant at, CheckResult result, HealthThresholds thresholds) {
        HealthState before = at(at, thresholds);
        String newProof = result.isFault() ? before.proof : result.message();
        if (before.state == State.UNKNOWN || before.proof == null) {
            State first = result.isFault() ? State.DOWN : State.UP;
            Instant began = first == before.state ? before.since : at;
            return new HealthState(first, began, result.isFault() ? result.message() : null, newProof, null, at);
        }
        boolean agrees = result.isFault() != before.isUp();
        String newFault = result.isFault() ? result.message() : agrees ? null : before.fault;
        Instant against =
                agrees ? null : Optional.ofNullable(before.pendingSince).orElse(at);
        return new HealthState(before.state, before.since, newFault, newProof, against, at).at(at, thresholds);
    }

    /** Returns the state at a later time without further results. */
    public HealthState at(Instant now, HealthThresholds thresholds) {
        if (pendingSince == null || now.isBefore(changesAt(thresholds))) {
            return this;
        }
        return isUp()
                ? new HealthState(State.DOWN, pendingSince, fault, proof, null, checkedAt)
                : new HealthState(State.UP, pendingSince, null, proof, null, checkedAt);
    }

    /**
     * Returns when the state will change unless another result prevents that; null if no results contradict the state.
     */
    public Instant changesAt(HealthThresholds thresholds) {
        Duration needed = isUp() ? thresholds.downAfter() : thresholds.upAfter();
        return pendingSince == null ? null : pendingSince.plus(needed);
    }
}
