package io.wadi.completeness;

import io.wadi.kafka.targets.RecordTarget.Range;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the records of a partition have arrived at a target. The committed offset was read before the first offset
 * and the end.
 *
 * @param committed the group's committed offset; -1 if there is none
 * @param begin Kafka's first offset, read last
 * @param end the high watermark
 * @param next the first record below the end that has not arrived, of those that read-committed consumers see or may
 *    see later; null if all have arrived
 * @param expired the ranges that the target recorded as deleted before they arrived
 * @param hasLostRecords whether the log ends, or has ended, before the committed offset
 */
record PartitionProgress(
        TopicPartition partition,
        long committed,
        long begin,
        long end,
        Unarrived next,
        List<Range> expired,
        boolean hasLostRecords) {

    /**
     * A record that has not arrived.
     *
     * @param timeMs its timestamp
     * @param isAppendTime whether the broker set the timestamp
     */
    record Unarrived(long offset, long timeMs, boolean isAppendTime, Kind kind) {}

    /** Why a record has not arrived. */
    enum Kind {
        /** Consumers can read it, but the target has not processed it. */
        VISIBLE,
        /** It is the first record of an open transaction. */
        UNDECIDED,
        /** The leader has it, but not all in-sync replicas; its timestamp is a lower bound. */
        UNREPLICATED
    }

    /** Returns the offset before which all records that read-committed consumers will ever see have arrived. */
    long arrived() {
        return next == null ? end : next.offset();
    }

    boolean isCaughtUp() {
        return next == null;
    }

    /** Returns the number of offsets below the end that have not arrived. */
    long lag() {
        return end - arrived();
    }

    /**
     * Returns the watermark of this partition by append time, in milliseconds since 1970. All records that were
     * appended before it have arrived: later records, including future ones, are not older than the first that has not
     * arrived.
     *
     * @param sampledMs when the sample began
     * @param skewMs the maximum amount by which append times can go back
     */
    long appendTimeMs(long sampledMs, long skewMs) {
        return (next == null ? sampledMs : Math.min(sampledMs, next.timeMs())) - skewMs;
    }

    /** Returns the ranges of offsets that never arrive because Kafka deleted them first, in order. */
    List<Range> deleted() {
        List<Range> deleted = new ArrayList<>(expired);
        long first = Math.max(0, committed);
        if (first < begin) {
            deleted.add(new Range(first, begin - 1));
        }
        return deleted;
    }

    /** Returns whether offsets after the group's first commit never arrive because Kafka deleted them first. */
    boolean hasExpired() {
        return committed >= 0 && !deleted().isEmpty();
    }

    /** Returns the position of the first record that has not arrived, such as {@code select-color-1@1234}. */
    String position() {
        return partition + "@" + arrived();
    }
}
