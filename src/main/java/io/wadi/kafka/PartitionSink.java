package io.wadi.kafka;

import java.time.Duration;

/**
 * A sink that holds a partition's records over several polls, such as an open file, and commits their offsets itself
 * ({@link RecordBatch#groupOffset()}). Called on the consumer's thread only. After any exception from it, the consumer
 * abandons it ({@link #abandon()}) and delivers again from {@link #safe()} on.
 */
public interface PartitionSink {

    /** Returns the offset after the last appended record. The consumer reads on from here. */
    long position();

    /** Returns the offset before which all records are completed for good; -1 if there are none. */
    long safe();

    /**
     * Returns whether it accepts no more records for now: its partition is paused, and the consumer stays in its group.
     */
    default boolean appliesBackpressure() {
        return false;
    }

    /**
     * A failure that a sink retries itself.
     *
     * @param cause one line
     * @param attempts the number of consecutive failures
     */
    record Failure(String cause, int attempts) {}

    /** Returns the failure that the sink is retrying, or null. */
    default Failure failure() {
        return null;
    }

    /** Returns the longest time for which it holds records before they are completed, absent failures. */
    default Duration maxHoldTime() {
        return Duration.ZERO;
    }

    /** Called on every poll, also while the partition is idle, to apply limits of age. */
    void tick();

    /** Returns whether it waits for work on another thread: {@link #tick()} then follows soon. */
    boolean isWaiting();

    /**
     * The records from {@link #position()} to before {@code next} are never delivered: Kafka deleted them before they
     * were read, or those after the deleted ones are skipped ({@code autoOffsetReset=latest}). Afterwards {@link
     * #position()} is {@code next}.
     */
    void expired(long next);

    /**
     * All records before {@code next} were appended, and the offsets from {@link #position()} on hold none: they are
     * transaction markers, aborted records, or were compacted. A sink that can commit {@code next} without records
     * changes its {@link #position()} to it; one with commits that name published records ignores the call. Called at most
     * once a second.
     */
    default void nothingBefore(long next) {}

    /** Starts the asynchronous part of {@link #finish()}, which follows after this was called for all partitions. */
    default void beginFinish() {}

    /** Finishes and commits the open work: the partition is revoked, or the consumer stops. */
    void finish();

    /** Drops the open work without publishing it: the partition is lost, or the sink has failed. Never throws. */
    void abandon();
}
