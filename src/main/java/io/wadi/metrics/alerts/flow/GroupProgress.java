package io.wadi.metrics.alerts.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Compares the end offsets of topics with the committed offsets of consumer groups. */
final class GroupProgress {
    private final Admin admin;

    GroupProgress(Admin admin) {
        this.admin = admin;
    }

    /**
     * Returns the log end offset of each partition, including records of open transactions.
     */
    Map<TopicPartition, Long> ends(Collection<String> topics) throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic :
                admin.describeTopics(topics).allTopicNames().get().values()) {
            for (TopicPartitionInfo each : topic.partitions()) {
                partitions.add(new TopicPartition(topic.name(), each.partition()));
            }
        }
        return offsets(partitions, OffsetSpec.latest());
    }

    /** Returns the end offsets that a group has not committed yet, except of partitions without remaining records. */
    Map<TopicPartition, Long> unread(String group, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> unread = new HashMap<>(ends);
        unread.entrySet()
                .removeIf(end -> committed.get(end.getKey()) != null
                        && committed.get(end.getKey()).offset() >= end.getValue());
        if (!unread.isEmpty()) {
            Map<TopicPartition, Long> begins = offsets(unread.keySet(), OffsetSpec.earliest());
            unread.entrySet().removeIf(end -> begins.get(end.getKey()) >= end.getValue());
        }
        return unread;
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(each -> each, each -> which)))
                .all()
                .get();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }
}
