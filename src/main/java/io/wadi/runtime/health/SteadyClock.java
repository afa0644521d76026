package io.wadi.runtime.health;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * The clock of health checks. It begins at the system's time, and then measures elapsed time: if the system's time is
 * set forward, no dependency appears to be silent, and if it is set back, no failure is hidden until the former time.
 */
public final class SteadyClock {
    private static final Clock INSTANCE = of(Clock.systemUTC(), System::nanoTime);

    private SteadyClock() {}

    /** Returns the clock of the process. Its times are comparable with each other only. */
    public static Clock instance() {
        return INSTANCE;
    }

    static Clock of(InstantSource system, LongSupplier nanoTime) {
        Instant begin = system.instant();
        long beginNanos = nanoTime.getAsLong();
        InstantSource steady = () -> begin.plusNanos(nanoTime.getAsLong() - beginNanos);
        return steady.withZone(ZoneOffset.UTC);
    }
}
