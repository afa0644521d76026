package io.wadi.ingest.eventloop;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket of time that may be used in an event loop. Use beyond it is a debt, up to a limit: what takes longer
 * than a turn is a pause of the process or the loading of classes. Used on the loop only.
 */
final class TimeBudget {
    private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long MAX_DEBT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private long left = MAX_NANOS;
    private long refilledAt;

    /** Adds the share of the time since the last call, and returns whether nothing is left. */
    boolean isExhausted(double share, long now) {
        left = Math.min(MAX_NANOS, left + (long) ((now - refilledAt) * share));
        refilledAt = now;
        return left <= 0;
    }

    /** Returns the time until something is left again. */
    long nanosUntilRefilled(double share) {
        return left > 0 ? 0 : (long) (-left / share) + 1;
    }

    void use(long nanos) {
        left = Math.max(left - nanos, -MAX_DEBT_NANOS);
    }
}
