package io.wadi.kafka;

/**
 * Something that takes a partition's records over several polls before they count as done, such as an open file. Called on
 * the consumer's thread only. After any exception from it the consumer drops it ({@link #abandon()}) and hands over again
 * from the last {@link #committable()} offset.
 */
public interface PartitionSink {

    /** The offset of the record it wants next. The consumer reads on from here. */
    long position();

    /** The offset that may be committed: everything before it is done for good. -1 where nothing is. */
    long committable();

    /** Called on every poll, also when the partition is idle: the place for limits of age. */
    void tick();

    /**
     * The partition goes to another member, or the consumer stops: finish what is open. Where that goes well,
     * {@link #committable()} is asked once more, and then nothing.
     */
    void finish();

    /** The partition is lost or the sink has failed: let go of what is open without making it visible. Never throws. */
    void abandon();
}
