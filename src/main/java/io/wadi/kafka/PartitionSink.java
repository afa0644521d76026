package io.wadi.kafka;

import java.time.Duration;

/**
 * A sink that collects a partition's records over several polls, such as in an open file, and commits their offsets
 * itself ({@link RecordBatch#groupOffset()}). It is called on the consumer's thread only. If a method throws, the
 * consumer abandons the sink ({@link #abandon()}) and delivers the records from {@link #safe()} on again.
 */
public interface PartitionSink {
    /**
     * The maximum time of a poll, since sinks apply their time limits on each poll and the consumer reports its
     * progress once a second.
     */
    Duration MAX_POLL_TIME = Duration.ofSeconds(1);

    /** The maximum time of a poll while a sink waits for another thread. */
    Duration WAITING_POLL_TIME = Duration.ofMillis(10);

    /** Returns the offset after the last appended record. The consumer continues reading at this offset. */
    long position();

    /** Returns the offset before which all records are completed for good; -1 if no record is. */
    long safe();

    /**
     * Returns whether the sink accepts no more records for now. The consumer then pauses the partition and stays in its
     * group.
     */
    default boolean appliesBackpressure() {
        return false;
    }

    /**
     * A failure that a sink retries itself.
     *
     * @param cause the last cause, as one line
     * @param attempts the number of consecutive failures
     */
    record Failure(String cause, int attempts) {}

    /** Returns the failure that the sink is retrying, or null. */
    default Failure failure() {
        return null;
    }

    /** Returns the maximum time from the delivery of a record to its completion if nothing fails. */
    default Duration maxHoldTime() {
        return Duration.ZERO;
    }

    /**
     * Applies time limits, such as the maximum age of a file. Called on every poll, even while the partition is idle.
     */
    void tick();

    /** Returns whether the sink waits for another thread. */
    default boolean isWaiting() {
        return false;
    }

    /** Returns the maximum time of the next poll, after which the consumer calls {@link #tick()}. */
    default Duration maxPollTime() {
        return isWaiting() ? WAITING_POLL_TIME : MAX_POLL_TIME;
    }

    /**
     * Adds records that are not from a poll to the transaction of the last poll ({@link GroupOffset#join}). Called
     * after the delivery of the poll's records, before their transaction is committed.
     */
    default void beforeTransaction() {}

    /**
     * Reports that the records from {@link #position()} to before {@code next} will never be delivered: Kafka deleted
     * them before they were read, or they follow deleted records and are skipped ({@code autoOffsetReset=latest}). The
     * sink sets its {@link #position()} to {@code next}.
     */
    void expired(long next);

    /**
     * Reports that the offsets from {@link #position()} to before {@code next} have no records to append: they are
     * transaction markers, aborted records, or were compacted. A sink that can commit {@code next}, at once or with
     * its open work, sets its {@link #position()} to it; another one ignores the call. Called at most once a second,
     * and when the consumer stops.
     */
    default void nothingBefore(long next) {}

    /**
     * Starts the asynchronous part of {@link #finish()}. The consumer calls this method for all partitions before it
     * calls {@link #finish()} for the first one.
     */
    default void beginFinish() {}

    /**
     * Completes and commits the open work. Called when the partition is revoked, the route is paused, or the consumer
     * stops.
     */
    void finish();

    /**
     * Discards the open work without publishing it. Called when the partition is lost or the sink has failed. Never
     * throws.
     */
    void abandon();
}
