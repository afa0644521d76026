package io.wadi.kafka.consumer;

import io.wadi.kafka.Backoff;
import java.time.Duration;

/**
 * The number of consecutive failures of a partition at one offset, and the time of the next attempt. Reads no clock.
 */
final class RetryBackoff {
    private int failures;
    private long failedOffset = OffsetTracker.NONE;
    private Duration backoff = Duration.ZERO;
    private long resumeAtNanos;

    /**
     * Records a failure of a partition in which all records before {@code offset} are done. A failure at another offset
     * restarts the count.
     */
    void failed(long offset, long nowNanos) {
        failures = offset == failedOffset ? failures + 1 : 1;
        failedOffset = offset;
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
