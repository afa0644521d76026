package io.wadi.streams.topology;

import io.wadi.kafka.TimestampLimits;
import java.util.Map;
import java.util.Optional;

/**
 * Limits of topics, as Kafka reports them.
 *
 * @param partitions the number of partitions by topic
 * @param accepted the records that each topic accepts
 */
record TopicLimits(Map<String, Integer> partitions, Map<String, Accepted> accepted) {
    static final TopicLimits UNKNOWN = new TopicLimits(Map.of(), Map.of());

    private static final Accepted DEFAULT = new Accepted(1_048_588, TimestampLimits.NONE);

    /**
     * Records that a topic accepts.
     *
     * @param maxBytes the maximum size in bytes
     */
    record Accepted(int maxBytes, TimestampLimits timestamps) {}

    Optional<Integer> partitionsOf(String topic) {
        return Optional.ofNullable(partitions.get(topic));
    }

    Accepted acceptedBy(String topic) {
        return accepted.getOrDefault(topic, DEFAULT);
    }
}
