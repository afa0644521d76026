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
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The ends of the dead-letter topic. Ends of uncommitted records: a transaction with a dead letter may have committed
 * the offset a moment before it is committed in this topic. For one thread.
 */
final class DeadLetterEnds {
    /** A search waits for it once per request to a partition without a leader. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Supplier<Admin> admin;
    private final String topic;
    private final KafkaResults<TopicPartition, Long> ends;

    /**
     * The ends of the topic's partitions.
     *
     * @param known by partition, without those that did not respond, such as partitions without a leader
     * @param isComplete whether all partitions responded
     */
    record Found(Map<TopicPartition, Long> known, boolean isComplete) {
        static final Found NONE = new Found(Map.of(), true);
    }

    DeadLetterEnds(Supplier<Admin> admin, String topic) {
        this.admin = admin;
        this.topic = topic;
        this.ends = new KafkaResults<>(partitions -> request(admin.get(), partitions), WAIT);
    }

    /**
     * Returns the ends at a time after the call.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic cannot be described
     */
    Found now() throws InterruptedException {
        int count = AdminRequests.partitionCounts(admin.get(), List.of(topic)).getOrDefault(topic, 0);
        Set<TopicPartition> all = IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet());
        long called = System.nanoTime();
        Map<TopicPartition, Long> known = new HashMap<>();
        ends.get(all).values().forEach((partition, end) -> {
            if (end.begun() - called >= 0) {
                known.put(partition, end.value());
            }
        });
        return new Found(known, known.size() == all.size());
    }

    /** Requests the ends of partitions, uncommitted records included; each has its own response. */
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
