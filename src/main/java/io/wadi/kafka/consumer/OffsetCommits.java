package io.wadi.kafka.consumer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Commits that do not wait for deleted topics: Kafka's client repeats their commits until its timeout, and each
 * partition's in turn would exceed the time in which the consumer has to poll.
 */
final class OffsetCommits {
    /** The timeout after which the topics are looked up. */
    static final Duration FIRST_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration MISSING_TTL = Duration.ofSeconds(5);

    private final BiConsumer<Map<TopicPartition, OffsetAndMetadata>, Duration> client;
    private final Predicate<String> exists;
    private final LongSupplier nanoTime;
    /** When topics were found missing, by {@code nanoTime}. */
    private final Map<String, Long> missing = new HashMap<>();

    /**
     * Creates an instance.
     *
     * @param client commits offsets within a timeout
     * @param exists looks up a topic
     */
    OffsetCommits(
            BiConsumer<Map<TopicPartition, OffsetAndMetadata>, Duration> client,
            Predicate<String> exists,
            LongSupplier nanoTime) {
        this.client = client;
        this.exists = exists;
        this.nanoTime = nanoTime;
    }

    /**
     * Commits the offsets of existing topics.
     *
     * @throws UnknownTopicOrPartitionException if other topics do not exist
     */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        long now = nanoTime.getAsLong();
        missing.values().removeIf(found -> now - found > MISSING_TTL.toNanos());
        Map<TopicPartition, OffsetAndMetadata> existing = existing(offsets);
        try {
            commit(existing, FIRST_TIMEOUT);
        } catch (TimeoutException e) {
            existing.keySet().stream()
                    .map(TopicPartition::topic)
                    .distinct()
                    .filter(exists.negate())
                    .forEach(topic -> missing.put(topic, nanoTime.getAsLong()));
            existing = existing(offsets);
            commit(existing, PartitionClient.RESPONSE_TIMEOUT.minus(FIRST_TIMEOUT));
        }
        if (existing.size() < offsets.size()) {
            throw new UnknownTopicOrPartitionException("deleted topics: " + String.join(", ", missing.keySet()));
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> existing(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, OffsetAndMetadata> existing = new HashMap<>(offsets);
        existing.keySet().removeIf(partition -> missing.containsKey(partition.topic()));
        return existing;
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        if (!offsets.isEmpty()) {
            client.accept(offsets, timeout);
        }
    }
}
