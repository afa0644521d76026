package io.wadi.kafka.consumer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When what a consumer's records led to is brought to its end and committed: ten times a second, as often as Kafka Streams
 * does with exactly-once. Waiting for Kafka after every poll would cost more than the work. For one thread.
 */
final class CommitTimer {
    private static final Duration EVERY = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private boolean running;
    private boolean hurried;
    private long sinceNanos;

    /** Takes the clock, in nanoseconds. */
    CommitTimer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Something is to be committed from now on; without effect where something was already. */
    void begin() {
        if (!running) {
            running = true;
            sinceNanos = nanoTime.getAsLong();
        }
    }

    /** Nothing is to be committed any more. */
    void end() {
        running = false;
        hurried = false;
    }

    /** It is due at once. */
    void hurry() {
        hurried = true;
    }

    /** Whether there is something to be committed that can wait. */
    boolean canWait() {
        return running && !hurried && nanoTime.getAsLong() - sinceNanos < EVERY.toNanos();
    }

    /** For how long nothing need be committed, at most {@code longest}. */
    Duration within(Duration longest) {
        if (!running) {
            return longest;
        }
        Duration left = EVERY.minusNanos(nanoTime.getAsLong() - sinceNanos);
        if (hurried || left.isNegative()) {
            return Duration.ZERO;
        }
        return longest.compareTo(left) < 0 ? longest : left;
    }
}
