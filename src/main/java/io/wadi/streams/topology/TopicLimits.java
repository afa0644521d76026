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

    private static final Accepted DEFAULT = new Accepted(1_048_588, TimestampLimits.NONE, false);

    /**
     * Records that a topic accepts.
     *
     * @param maxBytes the maximum size in bytes
     * @param isCompacted whether Kafka keeps the last record of each key, so that a record needs one
     */
    record Accepted(int maxBytes, TimestampLimits timestamps, boolean isCompacted) {}

    Optional<Integer> partitionsOf(String topic) {
        return Optional.ofNullable(partitions.get(topic));
    }

    Accepted acceptedBy(String topic) {
        return accepted.getOrDefault(topic, DEFAULT);
    }
}
