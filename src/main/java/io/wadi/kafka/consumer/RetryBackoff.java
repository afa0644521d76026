package io.wadi.kafka.consumer;

import io.wadi.kafka.Backoff;
import java.time.Duration;

/** How often in a row a partition failed at the same offset, and when it is tried again. No clock. */
final class RetryBackoff {
    private int failures;
    private long failedFrom = OffsetTracker.NONE;
    private Duration backoff = Duration.ZERO;
    private long resumeAtNanos;

    /** A failure: everything before {@code offset} is done. Failures at another offset than the last begin anew. */
    void failed(long offset, long nowNanos) {
        failures = offset == failedFrom ? failures + 1 : 1;
        failedFrom = offset;
        backoff = Backoff.after(failures);
        resumeAtNanos = nowNanos + backoff.toNanos();
    }

    boolean isOver(long nowNanos) {
        return nowNanos - resumeAtNanos >= 0;
    }

    int failures() {
        return failures;
    }

    Duration backoff() {
        return backoff;
    }
}
