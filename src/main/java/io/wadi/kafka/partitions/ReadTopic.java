package io.wadi.kafka.partitions;

import org.apache.kafka.common.Uuid;

/** The topic of a partition since its position was set, identified by its id. Not thread-safe. Reads no clock. */
public final class ReadTopic {
    private final long sinceNanos;
    /** The first known id since then; null before. */
    private Uuid id;
    /** The last position that was reached before this id was read. */
    private long reached;

    /** The position at the last comparison, and its time. */
    private long position;

    private long positionNanos;

    /**
     * Begins with a position that was set.
     *
     * @param nanos the time of {@link System#nanoTime} at which it was set
     */
    public ReadTopic(long position, long nanos) {
        this.sinceNanos = nanos;
        this.position = position;
        this.positionNanos = nanos;
    }

    /**
     * Returns whether the topic was deleted and created again.
     *
     * @param found the id that Kafka returned last, and when
     * @param currentPosition the offset of the next record to read
     * @param nanos the current time of {@link System#nanoTime}
     */
    public boolean isRecreated(PartitionStates.TopicId found, long currentPosition, long nanos) {
        if (found.readNanos() - sinceNanos <= 0) {
            return false; // It may be the id of a former topic.
        }
        id = id == null ? found.id() : id;
        if (!id.equals(found.id())) {
            return true;
        }
        if (found.readNanos() - positionNanos > 0) {
            reached = position;
        }
        position = currentPosition;
        positionNanos = nanos;
        return false;
    }

    /** Returns the first known id since the position was set, or null. */
    public Uuid id() {
        return id;
    }

    /** Returns whether no record of the topic is known to have been read: the position is one in the new topic. */
    public boolean isUnread() {
        return reached == 0;
    }
}
