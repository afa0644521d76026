package io.wadi.streams.topology;

import java.util.Map;
import java.util.Optional;

/**
 * What Kafka has said of topics.
 *
 * @param partitions how many partitions each has
 * @param largestBytes how large a record each takes
 */
record TopicLimits(Map<String, Integer> partitions, Map<String, Integer> largestBytes) {
    /** Nothing yet. */
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
