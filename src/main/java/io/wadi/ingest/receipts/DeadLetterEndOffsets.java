package io.wadi.ingest.receipts;

import io.wadi.kafka.AdminRequests;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Reads the end offsets of the dead-letter topic. They include uncommitted records, because a transaction that contains
 * a dead letter may be committed for the consumer group's offset a moment earlier than in this topic. Not thread-safe.
 */
final class DeadLetterEndOffsets {
    /** Maximum wait for the end offsets. A partition without a leader delays one search per request by it. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Supplier<Admin> admin;
    private final String topic;
    private final KafkaResults<TopicPartition, Long> ends;

    /**
     * The end offsets of the topic.
     *
     * @param topic the id of the topic, which differs after it was deleted and created again; zero if it does not exist
     *     or was not described
     * @param known the end offsets by partition, without partitions that did not respond, such as those without a
     *     leader
     * @param isComplete whether the end offsets of all partitions are known
     */
    record Found(Uuid topic, Map<TopicPartition, Long> known, boolean isComplete) {
        static final Found NONE = new Found(Uuid.ZERO_UUID, Map.of(), true);
    }

    DeadLetterEndOffsets(Supplier<Admin> admin, String topic) {
        this.admin = admin;
        this.topic = topic;
        this.ends = new KafkaResults<>(partitions -> request(admin.get(), partitions), WAIT, KafkaResults.FAILURE_TTL);
    }

    /**
     * Returns the end offsets as of a time after the call.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic cannot be described
     */
    Found now() throws InterruptedException {
        TopicDescription described =
                AdminRequests.describe(admin.get(), List.of(topic)).get(topic);
        if (described == null) {
            return Found.NONE;
        }
        Set<TopicPartition> all = AdminRequests.partitions(List.of(described));
        long called = System.nanoTime();
        Map<TopicPartition, Long> known = new HashMap<>();
        ends.get(all).values().forEach((partition, end) -> {
            if (end.begun() - called >= 0) {
                known.put(partition, end.value());
            }
        });
        return new Found(described.topicId(), known, known.size() == all.size());
    }

    /** Requests the end offsets of partitions, including uncommitted records. Each partition has its own response. */
    static Map<TopicPartition, CompletableFuture<Long>> request(Admin admin, Set<TopicPartition> partitions) {
        ListOffsetsResult response = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest())));
        return partitions.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        each -> response.partitionResult(each)
                                .toCompletionStage()
                                .toCompletableFuture()
                                .thenApply(ListOffsetsResultInfo::offset)));
    }
}
