package io.wadi.completeness;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The ends of a topic at earlier times: once all records before one of them have arrived, the topic is complete until
 * its time. It keeps a limited number of them, so that the watermark may be earlier than what could be known, never
 * later.
 */
final class ObservedEnds {
    private static final int MAX = 128;

    private final List<Sample> pending = new ArrayList<>();
    private Instant arrived;

    private record Sample(Instant at, Map<TopicPartition, Long> ends) {
        boolean hasArrived(Map<TopicPartition, Long> arrived) {
            return ends.entrySet().stream().allMatch(end -> arrived.getOrDefault(end.getKey(), -1L) >= end.getValue());
        }
    }

    /** Adds the ends at a time, which is later than that of those before. They were read after it. */
    void add(Instant at, Map<TopicPartition, Long> ends) {
        if (pending.size() == MAX) {
            // The oldest stays: it arrives first.
            for (int i = MAX - 1; i > 0; i -= 2) {
                pending.remove(i);
            }
        }
        pending.add(new Sample(at, ends));
    }

    /**
     * Returns the time of the newest sample of which all records have arrived; null if there is none.
     *
     * @param before the offset of each partition before which all records have arrived
     */
    Instant arrived(Map<TopicPartition, Long> before) {
        for (int i = pending.size() - 1; i >= 0; i--) {
            if (pending.get(i).hasArrived(before)) {
                arrived = pending.get(i).at();
                pending.subList(0, i + 1).clear();
                break;
            }
        }
        return arrived;
    }

    int size() {
        return pending.size();
    }
}
