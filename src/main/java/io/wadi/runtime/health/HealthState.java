package io.wadi.runtime.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is held of one thing, from all that was found of it so far. What was up is down once faults have lasted, without a
 * proof between them, for {@link HealthThresholds#downAfter()}; what was down is up once proofs have lasted, without a fault between
 * them, for {@link HealthThresholds#upAfter()}. The first finding and the first proof count at once; before that proof, nothing is up.
 *
 * @param state what it is held for
 * @param since when that began: with the first of the faults or proofs that led to it
 * @param fault the last fault that has not been forgotten; null where there is none
 * @param proof the last proof; null before the first
 * @param turned since when findings speak against the state; null where they do not
 * @param heard when the last finding was made; null before the first
 */
public record HealthState(State state, Instant since, String fault, String proof, Instant turned, Instant heard) {
    /** What a thing may be held for. */
    public enum State {
        /** Nothing was found yet. */
        UNKNOWN,
        /** All is well. */
        UP,
        /** Something has been wrong for long enough. */
        DOWN
    }

    /** Before the first finding. */
    public static HealthState unknown(Instant since) {
        return new HealthState(State.UNKNOWN, since, null, null, null, null);
    }

    /** Whether it is up. */
    public boolean isUp() {
        return state == State.UP;
    }

    /** After another finding, which is not older than those before. */
    public HealthState found(Instant at, CheckResult finding, HealthThresholds patience) {
        HealthState before = at(at, patience);
        String newProof = finding.isFault() ? before.proof : finding.words();
        if (before.state == State.UNKNOWN || before.proof == null) {
            State first = finding.isFault() ? State.DOWN : State.UP;
            Instant began = first == before.state ? before.since : at;
            return new HealthState(first, began, finding.isFault() ? finding.words() : null, newProof, null, at);
        }
        boolean agrees = finding.isFault() != before.isUp();
        String newFault = finding.isFault() ? finding.words() : agrees ? null : before.fault;
        Instant against = agrees ? null : Optional.ofNullable(before.turned).orElse(at);
        return new HealthState(before.state, before.since, newFault, newProof, against, at).at(at, patience);
    }

    /** The same at a later time, where nothing else was found in between. */
    public HealthState at(Instant now, HealthThresholds patience) {
        if (turned == null || now.isBefore(turns(patience))) {
            return this;
        }
        return isUp()
                ? new HealthState(State.DOWN, turned, fault, proof, null, heard)
                : new HealthState(State.UP, turned, null, proof, null, heard);
    }

    /** When the state changes unless something else is found; null where findings do not speak against it. */
    public Instant turns(HealthThresholds patience) {
        Duration needed = isUp() ? patience.downAfter() : patience.upAfter();
        return turned == null ? null : turned.plus(needed);
    }
}
