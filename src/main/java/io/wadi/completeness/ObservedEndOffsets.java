package io.wadi.completeness;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Samples of the end offsets of a topic: once all records before the ends of a sample have arrived, the topic is
 * complete until the sample's time. The number of samples is limited, so a watermark can be earlier than necessary, but
 * never later.
 */
final class ObservedEndOffsets {
    private static final int MAX = 128;

    private final List<Sample> pending = new ArrayList<>();

    /** The newest sample with records that have all arrived; null if there is none. */
    private Sample arrived;

    private record Sample(Instant at, Map<TopicPartition, Long> ends) {
        boolean hasArrived(Map<TopicPartition, Long> arrived) {
            return ends.entrySet().stream().allMatch(end -> arrived.getOrDefault(end.getKey(), -1L) >= end.getValue());
        }

        /** Unlike {@link #hasArrived}, ignores partitions that are missing, as in metadata of a broker that lags. */
        boolean isAnySetBack(Map<TopicPartition, Long> arrived) {
            return arrived.entrySet().stream().anyMatch(now -> now.getValue() < ends.getOrDefault(now.getKey(), 0L));
        }
    }

    /**
     * Adds a sample. If the clock was set back, drops the earlier samples with a later time, which was wrong.
     *
     * @param at a time before the ends were read
     */
    void add(Instant at, Map<TopicPartition, Long> ends) {
        pending.removeIf(earlier -> earlier.at().isAfter(at));
        if (arrived != null && arrived.at().isAfter(at)) {
            arrived = null;
        }
        if (pending.size() == MAX) {
            // Drops every other sample, but not the oldest: its records arrive first.
            for (int i = MAX - 1; i > 0; i -= 2) {
                pending.remove(i);
            }
        }
        pending.add(new Sample(at, ends));
    }

    /**
     * Returns the time of the newest sample with records that have all arrived; null if there is none. If the group was
     * set back, only later samples count.
     *
     * @param before the offset of each partition before which all records have arrived
     */
    Instant arrived(Map<TopicPartition, Long> before) {
        if (arrived != null && arrived.isAnySetBack(before)) {
            arrived = null;
        }
        for (int i = pending.size() - 1; i >= 0; i--) {
            if (pending.get(i).hasArrived(before)) {
                arrived = pending.get(i);
                pending.subList(0, i + 1).clear();
                break;
            }
        }
        return arrived == null ? null : arrived.at();
    }

    int size() {
        return pending.size();
    }
}
