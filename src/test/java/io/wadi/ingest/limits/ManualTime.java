package io.wadi.ingest.limits;

import io.github.bucket4j.TimeMeter;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;

/** A clock that is advanced by hand, both for wall-clock time and for the time of rate limiters. */
public final class ManualTime extends AdjustableClock implements TimeMeter {
    private long nanos;

    public ManualTime() {
        super(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Override
    public void pass(Duration duration) {
        super.pass(duration);
        nanos += duration.toNanos();
    }

    @Override
    public long currentTimeNanos() {
        return nanos;
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
