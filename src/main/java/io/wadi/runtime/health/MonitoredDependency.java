package io.wadi.runtime.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * One thing that is looked at: what is held of it now. A look that has no answer within {@link HealthThresholds#answerWithin()} is a
 * fault from its beginning on, and so is it where nobody looks any more. Thread-safe; never waits.
 */
public final class MonitoredDependency {
    private final HealthThresholds patience;
    private final Clock clock;
    private HealthState standing;
    /** Since when nothing was heard, where something is to be heard; else null. */
    private Instant silentSince;

    private Duration maySilent = Duration.ZERO;

    /** Takes how long things have to last, and whose time that is. */
    public MonitoredDependency(HealthThresholds patience, Clock clock) {
        this.patience = patience;
        this.clock = clock;
        this.standing = HealthState.unknown(clock.instant());
    }

    /** How long things have to last. */
    public HealthThresholds patience() {
        return patience;
    }

    /** A look begins. */
    public synchronized void asking() {
        silentSince = clock.instant();
        maySilent = patience.answerWithin();
    }

    /** The look that was begun has found something, and another is to follow. */
    public synchronized HealthState answered(CheckResult finding) {
        Instant begun = silentSince;
        now();
        Instant end = clock.instant();
        standing = standing.found(finding.isFault() ? later(begun) : end, finding, patience);
        silentSince = end;
        maySilent = patience.every().plus(patience.answerWithin());
        return now();
    }

    /** Something was found without a look; nothing need follow. */
    public synchronized HealthState found(CheckResult finding) {
        standing = standing.found(clock.instant(), finding, patience);
        return standing;
    }

    /** What is held of it now. */
    public synchronized HealthState now() {
        Instant now = clock.instant();
        if (silentSince != null && !now.isBefore(silentSince.plus(maySilent))) {
            CheckResult silence = CheckResult.fault("no answer since " + silentSince);
            standing = standing.found(later(silentSince), silence, patience);
        }
        standing = standing.at(now, patience);
        return standing;
    }

    private Instant later(Instant at) {
        return standing.heard() != null && standing.heard().isAfter(at) ? standing.heard() : at;
    }
}
