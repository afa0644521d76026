package io.wadi.ingest.deduplication;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks up the end offsets (last stable offsets) of the topics of answers, asynchronously. Each topic has its own
 * requests, so that one topic without a leader does not delay the others. Not thread-safe.
 */
class AnswerEndOffsets implements AutoCloseable {
    private final AdminOnDemand admin;

    /** Creates the lookup without connecting; the first call of {@link #of} connects. */
    AnswerEndOffsets(Supplier<Properties> adminProperties) {
        this.admin = new AdminOnDemand(adminProperties);
    }

    /**
     * Returns the end offsets of a topic's partitions. The future fails if the topic does not exist or a partition has
     * no leader.
     */
    CompletableFuture<Map<TopicPartition, Long>> of(String topic) {
        Admin client = admin.get();
        return client.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .toCompletionStage()
                .thenCompose(found -> ends(client, found))
                .toCompletableFuture();
    }

    private static CompletionStage<Map<TopicPartition, Long>> ends(Admin client, TopicDescription topic) {
        return client.listOffsets(
                        AdminRequests.partitions(List.of(topic)).stream()
                                .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest())),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .toCompletionStage()
                .thenApply(found -> {
                    Map<TopicPartition, Long> ends = new HashMap<>();
                    found.forEach((partition, end) -> ends.put(partition, end.offset()));
                    return ends;
                });
    }

    /** Closes the admin client; the next lookup opens a new one. */
    @Override
    public void close() {
        admin.close();
    }
}
