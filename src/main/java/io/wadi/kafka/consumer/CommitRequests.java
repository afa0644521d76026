package io.wadi.kafka.consumer;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The commits that a route has requested with {@code allowManualCommit=true}, until the consumer's thread takes them.
 * Thread-safe, since a route may commit on any thread.
 */
final class CommitRequests {
    private final Map<TopicPartition, Long> offsets = new HashMap<>();
    private boolean beforeNext;

    /** Requests a commit of this offset; with {@code beforeNextRecord}, before another record is delivered. */
    synchronized void add(TopicPartition partition, long offset, boolean beforeNextRecord) {
        offsets.merge(partition, offset, Math::max);
        beforeNext |= beforeNextRecord;
    }

    /** Returns whether a requested commit must be made before another record is delivered. */
    synchronized boolean isBeforeNext() {
        return beforeNext;
    }

    /** Removes and returns the highest requested offset of each partition. */
    synchronized Map<TopicPartition, Long> take() {
        Map<TopicPartition, Long> taken = Map.copyOf(offsets);
        offsets.clear();
        beforeNext = false;
        return taken;
    }
}
