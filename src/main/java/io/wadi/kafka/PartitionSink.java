package io.wadi.kafka;

import java.time.Duration;

/**
 * Something that takes a partition's records over several polls before they count as done, such as an open file, and that
 * commits by itself what is done ({@link RecordBatch#groupOffset()}). Called on the consumer's thread only. After any exception from
 * it the consumer drops it ({@link #abandon()}) and hands over again from {@link #safe()} on.
 */
public interface PartitionSink {

    /** The offset of the record it wants next. The consumer reads on from here. */
    long position();

    /** Everything before this offset is done for good; -1 where nothing is. */
    long safe();

    /** Whether it takes no more for now: its partition is paused until it does, and the member stays in its group. */
    default boolean takesNoMore() {
        return false;
    }

    /**
     * What keeps a sink from going on.
     *
     * @param cause in one line
     * @param tries how often in a row it has failed
     */
    record Trouble(String cause, int tries) {}

    /** What the sink itself tries again, until it goes well; null where there is nothing. */
    default Trouble trouble() {
        return null;
    }

    /** How long it may hold records before they are done, where all goes well. */
    default Duration holdsFor() {
        return Duration.ZERO;
    }

    /** Called on every poll, also when the partition is idle: the place for limits of age. */
    void tick();

    /** Whether it waits for something that ends on another thread: then {@link #tick()} follows soon. */
    boolean isWaiting();

    /**
     * Kafka has no records any more from {@link #position()} to before {@code next}: they expired or were deleted before
     * they were read. From here on, {@link #position()} is {@code next}.
     */
    void expired(long next);

    /**
     * {@link #finish()} comes next, once other partitions have been told this too: begin what ends on another thread, so that all of
     * them end at the same time.
     */
    default void finishSoon() {}

    /** The partition goes to another member, or the consumer stops: finish what is open and commit it. */
    void finish();

    /** The partition is lost or the sink has failed: let go of what is open without making it visible. Never throws. */
    void abandon();
}
