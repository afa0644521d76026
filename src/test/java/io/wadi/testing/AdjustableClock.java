package io.wadi.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that one thread of a test advances, for all threads. */
public class AdjustableClock extends Clock {
    private volatile Instant now;

    /** Creates a clock that shows this time. */
    public AdjustableClock(Instant now) {
        super();
        this.now = now;
    }

    /** Sets the time. */
    public void turn(Instant to) {
        now = to;
    }

    /** Advances the clock. */
    public void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
