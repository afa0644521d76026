package io.wadi.extension.mirror;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The first uncopied record of each partition of a flow: its timestamp, and the time at which it was first seen. Each
 * measurement reads a limited number of timestamps; partitions take turns. For one thread.
 */
final class UncopiedRecords {
    /** Maximum number of timestamps that one measurement reads. */
    static final int MAX_READ = 200;

    private static final long NEVER = -1;

    private final Map<TopicPartition, First> behind = new HashMap<>();
    private long measurements;

    /** The first uncopied record of a partition. */
    private static final class First {
        private long position = NEVER;
        private long sinceMs;
        private long sinceMeasurement;
        private Long timestampMs;
        /**
         * The end offset before which no record follows the position; {@link #NEVER} if a record follows, or if this is
         * unknown.
         */
        private long emptyUntil = NEVER;

        /** The last measurement that read this partition, possibly at another position; 0 for none. */
        private long readMeasurement;

        private void begin(long at, long nowMs, long measurement) {
            position = at;
            sinceMs = nowMs;
            sinceMeasurement = measurement;
            timestampMs = null;
            emptyUntil = NEVER;
        }

        private boolean isUnknown() {
            return timestampMs == null && emptyUntil == NEVER;
        }
    }

    /**
     * Begins a measurement.
     *
     * @param positions the first offset not yet copied of each partition in which it is before the end
     * @param ends the end offsets of at least these partitions
     */
    void begin(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends, long nowMs) {
        measurements++;
        behind.keySet().retainAll(positions.keySet());
        positions.forEach((partition, position) -> {
            First first = behind.computeIfAbsent(partition, any -> new First());
            boolean wasEmpty = first.emptyUntil != NEVER && first.emptyUntil < ends.get(partition);
            if (first.position != position || wasEmpty) {
                first.begin(position, nowMs, measurements);
            }
        });
    }

    /**
     * Returns the positions at which to read timestamps. Partitions that were never read, or not for the longest time,
     * come first.
     */
    Map<TopicPartition, Long> toRead() {
        List<Map.Entry<TopicPartition, First>> next = behind.entrySet().stream()
                .filter(each -> each.getValue().isUnknown())
                .sorted(Comparator.comparingLong(each -> each.getValue().readMeasurement))
                .limit(MAX_READ)
                .toList();
        Map<TopicPartition, Long> positions = new HashMap<>();
        next.forEach(each -> {
            each.getValue().readMeasurement = measurements;
            positions.put(each.getKey(), each.getValue().position);
        });
        return positions;
    }

    /**
     * Adds timestamps.
     *
     * @param timestampsMs by partition; null if there is no record before the end. Partitions that were not read in
     *     time are missing
     * @param ends the end offsets of at least these partitions
     */
    void add(Map<TopicPartition, Long> timestampsMs, Map<TopicPartition, Long> ends) {
        timestampsMs.forEach((partition, timestamp) -> {
            First first = behind.get(partition);
            first.timestampMs = timestamp;
            first.emptyUntil = timestamp == null ? ends.get(partition) : NEVER;
        });
    }

    /** Returns whether a record is waiting to be copied, as far as known. */
    boolean isBehind(TopicPartition partition) {
        First first = behind.get(partition);
        return first != null && first.emptyUntil == NEVER;
    }

    /**
     * Returns how long a record has been waiting: the age by its timestamp, but at least the time since it was first
     * seen, because senders may choose timestamps. Null if it was first seen in this measurement and its timestamp is
     * unknown; 0 if no record is waiting.
     */
    Long ageMs(TopicPartition partition, long nowMs) {
        if (!isBehind(partition)) {
            return 0L;
        }
        First first = behind.get(partition);
        long seen = Math.max(0, nowMs - first.sinceMs);
        if (first.timestampMs != null) {
            return Math.max(seen, nowMs - first.timestampMs);
        }
        return first.sinceMeasurement == measurements ? null : (Long) seen;
    }
}
