package io.wadi.runtime.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The current health state of one dependency. A check without a result within {@link HealthThresholds#answerWithin()}
 * counts as a fault since its start. If no next check follows in time, that counts as a fault since the last result.
 * Thread-safe; never blocks.
 */
public final class MonitoredDependency {
    private final HealthThresholds thresholds;
    private final Clock clock;
    private HealthState state;
    /** The time since when a result is due; null if none is due. */
    private Instant waitingSince;

    private Duration timeout = Duration.ZERO;

    public MonitoredDependency(HealthThresholds thresholds, Clock clock) {
        this.thresholds = thresholds;
        this.clock = clock;
        this.state = HealthState.unknown(clock.instant());
    }

    public HealthThresholds thresholds() {
        return thresholds;
    }

    /** Records the start of a check. */
    public synchronized void checkStarted() {
        waitingSince = clock.instant();
        timeout = thresholds.answerWithin();
    }

    /** Records the result of the started check; another check is expected to follow. */
    public synchronized HealthState checkCompleted(CheckResult result) {
        Instant begun = waitingSince;
        now();
        Instant end = clock.instant();
        state = state.after(result.isFault() ? later(begun) : end, result, thresholds);
        waitingSince = end;
        timeout = thresholds.every().plus(thresholds.answerWithin());
        return now();
    }

    /** Records a result without a started check; none is expected to follow. */
    public synchronized HealthState update(CheckResult result) {
        state = state.after(clock.instant(), result, thresholds);
        return state;
    }

    /** Returns the current state. */
    public synchronized HealthState now() {
        Instant now = clock.instant();
        if (waitingSince != null && !now.isBefore(waitingSince.plus(timeout))) {
            CheckResult timedOut = CheckResult.fault("no response since " + waitingSince);
            state = state.after(later(waitingSince), timedOut, thresholds);
        }
        state = state.at(now, thresholds);
        return state;
    }

    private Instant later(Instant at) {
        return state.checkedAt() != null && state.checkedAt().isAfter(at) ? state.checkedAt() : at;
    }
}
