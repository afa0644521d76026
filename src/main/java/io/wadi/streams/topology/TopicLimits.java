package io.wadi.streams.topology;

import java.util.Map;
import java.util.Optional;

/**
 * Limits of topics, as Kafka reports them.
 *
 * @param partitions number of partitions by topic
 * @param largestBytes maximum record size in bytes by topic
 */
record TopicLimits(Map<String, Integer> partitions, Map<String, Integer> largestBytes) {
    /** No topic is known. */
    static final TopicLimits UNKNOWN = new TopicLimits(Map.of(), Map.of());

    /** Kafka's own default. */
    private static final int USUAL_BYTES = 1_048_588;

    Optional<Integer> partitionsOf(String topic) {
        return Optional.ofNullable(partitions.get(topic));
    }

    int largestOf(String topic) {
        return largestBytes.getOrDefault(topic, USUAL_BYTES);
    }
}
