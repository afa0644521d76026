package io.wadi.streams.topology;

import java.util.Map;
import java.util.Optional;

/**
 * Limits of topics, as Kafka reports them.
 *
 * @param partitions the number of partitions by topic
 * @param maxBytes the maximum record size in bytes by topic
 */
record TopicLimits(Map<String, Integer> partitions, Map<String, Integer> maxBytes) {
    static final TopicLimits UNKNOWN = new TopicLimits(Map.of(), Map.of());

    private static final int DEFAULT_MAX_BYTES = 1_048_588;

    Optional<Integer> partitionsOf(String topic) {
        return Optional.ofNullable(partitions.get(topic));
    }

    int maxBytesOf(String topic) {
        return maxBytes.getOrDefault(topic, DEFAULT_MAX_BYTES);
    }
}
