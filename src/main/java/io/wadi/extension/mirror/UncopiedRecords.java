package io.wadi.extension.mirror;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The first uncopied record of each partition of a flow: its offset and timestamp, the time at which it was first seen,
 * and whether it was deleted before it was copied. Each measurement reads a limited number of records; partitions take
 * turns. For one thread.
 */
final class UncopiedRecords {
    /** Maximum number of timestamps that one measurement reads. */
    static final int MAX_READ = 200;

    private static final long NEVER = -1;

    private final Map<TopicPartition, First> behind = new HashMap<>();
    private final Map<TopicPartition, Lost> lost = new HashMap<>();
    private long measurements;

    /** The first record at or after a position; its timestamp is negative if it has none. */
    record Found(long offset, long timestampMs) {}

    /**
     * A record that was deleted before it was copied.
     *
     * @param copied the first offset not yet copied at that time
     */
    private record Lost(long offset, long copied) {}

    /** The first uncopied record of a partition. */
    private static final class First {
        private long position = NEVER;
        private long sinceMs;
        private long sinceMeasurement;
        private Found found;
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
            found = null;
            emptyUntil = NEVER;
        }

        private boolean isUnknown() {
            return found == null && emptyUntil == NEVER;
        }
    }

    /**
     * Returns the offset of the first record that was deleted before it was copied, by partition, until MirrorMaker
     * continues. Only records that an earlier measurement has read are known. Call before {@link #begin}.
     *
     * @param copied returns the first offset not yet copied of a partition
     * @param begins the first offsets of the partitions
     */
    Map<TopicPartition, Long> lost(ToLongFunction<TopicPartition> copied, Map<TopicPartition, Long> begins) {
        behind.forEach((partition, first) -> {
            long position = copied.applyAsLong(partition);
            if (first.found != null
                    && position <= first.found.offset()
                    && first.found.offset() < begins.getOrDefault(partition, 0L)) {
                lost.putIfAbsent(partition, new Lost(first.found.offset(), position));
            }
        });
        lost.entrySet().removeIf(each -> each.getValue().copied() != copied.applyAsLong(each.getKey()));
        return lost.entrySet().stream()
                .filter(each -> begins.containsKey(each.getKey()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
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
     * Returns the positions at which to read records. Partitions that were never read, or not for the longest time,
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
     * Adds a record.
     *
     * @param found null if there is no record before the end
     * @param end the end offset
     */
    void add(TopicPartition partition, Found found, long end) {
        First first = behind.get(partition);
        first.found = found;
        first.emptyUntil = found == null ? end : NEVER;
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
        if (first.found != null && first.found.timestampMs() >= 0) {
            return Math.max(seen, nowMs - first.found.timestampMs());
        }
        return first.sinceMeasurement == measurements ? null : (Long) seen;
    }
}
