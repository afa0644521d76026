package io.wadi.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Blocking requests to an admin client. Each method waits for the response, at most for the client's timeout, and
 * throws the {@link KafkaException} that the request failed with.
 */
public final class AdminRequests {
    private AdminRequests() {}

    public static <T> T get(KafkaFuture<T> response) throws InterruptedException {
        try {
            return response.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        }
    }

    /** Like {@link #get}, but returns an empty result if the request is not permitted. */
    public static <T> Optional<T> getIfPermitted(KafkaFuture<T> response) throws InterruptedException {
        try {
            return Optional.of(get(response));
        } catch (AuthorizationException e) {
            return Optional.empty();
        }
    }

    /** Like {@link #get}, but throws {@link InterruptException} if the thread is interrupted. */
    public static <T> T getUnchecked(KafkaFuture<T> response) {
        try {
            return get(response);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Returns all partitions of these topics. Each topic must exist. */
    public static Set<TopicPartition> partitions(Admin admin, Collection<String> topics) throws InterruptedException {
        return partitions(get(admin.describeTopics(topics).allTopicNames()).values());
    }

    /** Returns all partitions of those of these topics that exist. */
    public static Set<TopicPartition> existingPartitions(Admin admin, Collection<String> topics)
            throws InterruptedException {
        return partitions(describe(admin, topics).values());
    }

    public static Set<TopicPartition> partitions(Collection<TopicDescription> topics) {
        return topics.stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(each -> new TopicPartition(topic.name(), each.partition())))
                .collect(Collectors.toSet());
    }

    /** Returns the number of partitions of each topic, in the given order. Topics that do not exist are omitted. */
    public static Map<String, Integer> partitionCounts(Admin admin, Collection<String> topics)
            throws InterruptedException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        describe(admin, topics)
                .forEach((topic, description) ->
                        counts.put(topic, description.partitions().size()));
        return counts;
    }

    /** Returns the description of each topic, in the given order. Topics that do not exist are omitted. */
    public static Map<String, TopicDescription> describe(Admin admin, Collection<String> topics)
            throws InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> responses =
                admin.describeTopics(topics).topicNameValues();
        Map<String, TopicDescription> found = new LinkedHashMap<>();
        for (String topic : topics) {
            try {
                found.put(topic, get(responses.get(topic)));
            } catch (UnknownTopicOrPartitionException e) {
                // The topic is omitted.
            }
        }
        return found;
    }

    /** Returns a group's committed offsets. */
    public static Map<TopicPartition, Long> committed(Admin admin, String group) throws InterruptedException {
        return offsets(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    }

    /** Returns the committed offsets by group, in one request. A group is omitted if its response is an error. */
    public static Map<String, Map<TopicPartition, Long>> knownCommitted(Admin admin, Collection<String> groups)
            throws InterruptedException {
        return committed(admin, groups, (group, e) -> {});
    }

    /**
     * Returns the committed offsets by group, in one request.
     *
     * @param failed called for each group with an error as its response; the group is omitted
     */
    public static Map<String, Map<TopicPartition, Long>> committed(
            Admin admin, Collection<String> groups, BiConsumer<String, KafkaException> failed)
            throws InterruptedException {
        ListConsumerGroupOffsetsResult response = admin.listConsumerGroupOffsets(groups.stream()
                .collect(Collectors.toMap(Function.identity(), each -> new ListConsumerGroupOffsetsSpec())));
        Map<String, Map<TopicPartition, Long>> known = new HashMap<>();
        for (String each : groups) {
            try {
                known.put(each, offsets(get(response.partitionsToOffsetAndMetadata(each))));
            } catch (KafkaException e) {
                failed.accept(each, e);
            }
        }
        return known;
    }

    /** Returns the metadata of a group's committed offset; empty if there is none. */
    public static Optional<String> committedMetadata(Admin admin, String group, TopicPartition partition) {
        return Optional.ofNullable(
                        getUnchecked(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                                .get(partition))
                .map(OffsetAndMetadata::metadata);
    }

    /** Extracts the offsets from committed offsets with metadata. Partitions without a committed offset are omitted. */
    public static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    /** Returns the specified offset of each partition. Each partition must exist and have a leader. */
    public static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation)
            throws InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(request(admin, partitions, spec, isolation).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /**
     * Returns the offset and timestamp of the record with the latest timestamp of each partition, including uncommitted
     * records. Both are -1 if the partition is empty or the record is not yet on all in-sync replicas.
     */
    public static Map<TopicPartition, ListOffsetsResultInfo> latestTimestamps(
            Admin admin, Collection<TopicPartition> partitions) throws InterruptedException {
        return get(request(admin, partitions, OffsetSpec.maxTimestamp(), IsolationLevel.READ_UNCOMMITTED)
                .all());
    }

    /**
     * Offsets of partitions.
     *
     * @param failures why the offsets of the other partitions are unknown; a {@link LeaderNotAvailableException} if the
     *     partition has no leader, an {@link UnknownTopicOrPartitionException} if it does not exist
     */
    public record Offsets(Map<TopicPartition, Long> known, Map<TopicPartition, KafkaException> failures) {}

    /**
     * Returns the specified offset of each partition, including uncommitted records. Partitions without a leader and
     * partitions that do not exist are omitted.
     */
    public static Map<TopicPartition, Long> knownOffsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) throws InterruptedException {
        Offsets found = tryOffsets(admin, partitions, spec);
        for (KafkaException each : found.failures().values()) {
            if (!(each instanceof LeaderNotAvailableException || each instanceof UnknownTopicOrPartitionException)) {
                throw each;
            }
        }
        return found.known();
    }

    /**
     * Returns the specified offset of each partition, including uncommitted records. The failure of one partition does
     * not affect others.
     */
    public static Offsets tryOffsets(Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        return tryOffsets(admin, partitions, spec, IsolationLevel.READ_UNCOMMITTED);
    }

    /** Like {@link #tryOffsets(Admin, Collection, OffsetSpec)}, for consumers with this isolation level. */
    public static Offsets tryOffsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation)
            throws InterruptedException {
        ListOffsetsResult responses = request(admin, partitions, spec, isolation);
        Offsets found = new Offsets(new HashMap<>(), new HashMap<>());
        for (TopicPartition each : partitions) {
            try {
                found.known().put(each, get(responses.partitionResult(each)).offset());
            } catch (KafkaException e) {
                found.failures().put(each, e);
            }
        }
        if (!found.failures().isEmpty()) {
            explain(admin, found.failures());
        }
        return found;
    }

    /**
     * Replaces timeouts by the state of the partition: Kafka's client retries a request for a partition that has no
     * leader, or does not exist, until its timeout.
     */
    private static void explain(Admin admin, Map<TopicPartition, KafkaException> failures) throws InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                        failures.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .topicNameValues();
        for (Map.Entry<TopicPartition, KafkaException> each : failures.entrySet()) {
            if (each.getValue() instanceof TimeoutException) {
                try {
                    TopicDescription topic = get(described.get(each.getKey().topic()));
                    state(topic, each.getKey().partition()).ifPresent(each::setValue);
                } catch (UnknownTopicOrPartitionException e) {
                    each.setValue(e);
                } catch (KafkaException e) {
                    // The timeout remains.
                }
            }
        }
    }

    /** Returns why requests for a partition are not sent; empty if it has a leader. */
    private static Optional<KafkaException> state(TopicDescription topic, int partition) {
        Optional<TopicPartitionInfo> found = topic.partitions().stream()
                .filter(each -> each.partition() == partition)
                .findFirst();
        if (found.isEmpty()) {
            return Optional.of(new UnknownTopicOrPartitionException("the partition does not exist"));
        }
        Node leader = found.get().leader();
        return leader == null || leader.isEmpty()
                ? Optional.of(new LeaderNotAvailableException("the partition has no available leader"))
                : Optional.empty();
    }

    private static ListOffsetsResult request(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        return admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> spec)),
                new ListOffsetsOptions(isolation));
    }
}
