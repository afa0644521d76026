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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
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
        return get(admin.describeTopics(topics).allTopicNames()).values().stream()
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
     * Returns the specified offset of each partition, including uncommitted records. A partition is omitted if its
     * request fails, such as one without a leader.
     */
    public static Map<TopicPartition, Long> knownOffsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) throws InterruptedException {
        ListOffsetsResult found = request(admin, partitions, spec, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            try {
                offsets.put(each, get(found.partitionResult(each)).offset());
            } catch (KafkaException e) {
                // The partition is omitted.
            }
        }
        return offsets;
    }

    private static ListOffsetsResult request(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        return admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> spec)),
                new ListOffsetsOptions(isolation));
    }
}
