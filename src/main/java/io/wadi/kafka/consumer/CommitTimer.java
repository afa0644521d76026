package io.wadi.kafka.consumer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The timer of a consumer's commits, which are due ten times a second, as in Kafka Streams with exactly-once. Waiting
 * for Kafka after every poll would take longer than processing the records. Not thread-safe.
 */
final class CommitTimer {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private boolean running;
    private boolean expedited;
    private long sinceNanos;

    CommitTimer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Starts the interval, unless it is running. */
    void begin() {
        if (!running) {
            running = true;
            sinceNanos = nanoTime.getAsLong();
        }
    }

    void end() {
        running = false;
        expedited = false;
    }

    /** Makes the commit due at once. */
    void expedite() {
        expedited = true;
    }

    /** Returns whether a commit is pending and not due yet. */
    boolean canWait() {
        return running && !expedited && nanoTime.getAsLong() - sinceNanos < INTERVAL.toNanos();
    }

    /** Returns the time until the next commit is due, at most {@code max}. */
    Duration remaining(Duration max) {
        if (!running) {
            return max;
        }
        Duration left = INTERVAL.minusNanos(nanoTime.getAsLong() - sinceNanos);
        if (expedited || left.isNegative()) {
            return Duration.ZERO;
        }
        return max.compareTo(left) < 0 ? max : left;
    }
}
