package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Compares receipts with end offsets and committed offsets. {@link #check} and {@link #compare} are for one thread,
 * {@link #deadLetterEndOffsets} for one other; {@link #close} is thread-safe.
 */
final class ReceiptProgress implements AutoCloseable {
    private final AdminOnDemand admin;
    private final Targets targets;
    private final DeadLetterEndOffsets deadLetters;
    private final Map<String, Integer> partitions = new HashMap<>();
    private final KafkaResults<String, Integer> counts = new KafkaResults<>(this::requestCounts);
    private final KafkaResults<TopicPartition, Long> ends = new KafkaResults<>(this::requestEnds);
    private final KafkaResults<Committed, Long> committed = new KafkaResults<>(this::requestCommitted);
    private boolean isClosed;

    ReceiptProgress(KafkaClients kafka, Targets targets, String deadLetterTopic) {
        this.admin = new AdminOnDemand(kafka::adminProperties);
        this.targets = targets;
        this.deadLetters = new DeadLetterEndOffsets(this::admin, deadLetterTopic);
    }

    /** Returns the client; a thread that continues after {@link #close} must not create another one. */
    private synchronized Admin admin() {
        if (isClosed) {
            throw new IllegalStateException("Receipts are closed");
        }
        return admin.get();
    }

    /**
     * Checks which receipts of queries exist: those below the end offset of an existing partition. A query remains
     * unchecked until Kafka has responded for all its partitions, and fails if one of the requests fails. Requests the
     * committed offsets meanwhile, for the next call of {@link #compare}.
     */
    void check(Collection<ReceiptQuery> unchecked) throws InterruptedException {
        Set<TopicPartition> requested = unchecked.stream()
                .flatMap(each -> each.receipts().stream())
                .map(Receipt::partition)
                .collect(Collectors.toSet());
        KafkaResults.Found<String, Integer> described = describe(requested);
        beginCompare(requested.stream().filter(this::isKnown).collect(Collectors.toSet()));
        Map<TopicPartition, KafkaException> failures = new HashMap<>();
        Map<TopicPartition, KafkaResults.Value<Long>> known = new HashMap<>();
        Set<TopicPartition> existing = new HashSet<>();
        for (TopicPartition each : requested) {
            KafkaResults.Value<Integer> count = described.values().get(each.topic());
            if (isKnown(each)) {
                existing.add(each);
            } else if (described.failures().containsKey(each.topic())) {
                failures.put(each, described.failures().get(each.topic()));
            } else if (count != null) {
                known.put(each, new KafkaResults.Value<>(0L, count.begun()));
            }
        }
        KafkaResults.Found<TopicPartition, Long> found = ends.get(existing);
        // The topic may have been deleted: its partition count is requested again.
        found.failures().keySet().forEach(each -> partitions.remove(each.topic()));
        failures.putAll(found.failures());
        known.putAll(found.values());
        for (ReceiptQuery each : unchecked) {
            each.receipts().stream()
                    .map(receipt -> failures.get(receipt.partition()))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresentOrElse(each::fail, () -> each.check(known));
        }
    }

    /** Requests the partition counts of topics unless the partitions are known: the number of partitions only grows. */
    private KafkaResults.Found<String, Integer> describe(Set<TopicPartition> requested) throws InterruptedException {
        KafkaResults.Found<String, Integer> described = counts.get(requested.stream()
                .filter(each -> !isKnown(each))
                .map(TopicPartition::topic)
                .collect(Collectors.toSet()));
        described.values().forEach((topic, count) -> partitions.put(topic, count.value()));
        return described;
    }

    private boolean isKnown(TopicPartition partition) {
        return partition.partition() < partitions.getOrDefault(partition.topic(), 0);
    }

    private Map<String, CompletableFuture<Integer>> requestCounts(Set<String> topics) {
        Map<String, CompletableFuture<Integer>> responses = new HashMap<>();
        admin().describeTopics(topics)
                .topicNameValues()
                .forEach((topic, response) -> responses.put(
                        topic,
                        response.toCompletionStage()
                                .toCompletableFuture()
                                .thenApply(described -> described.partitions().size())
                                .exceptionally(ReceiptProgress::noneIfUnknown)));
        return responses;
    }

    private static int noneIfUnknown(Throwable error) {
        if (Causes.unwrap(error) instanceof UnknownTopicOrPartitionException) {
            return 0;
        }
        throw new CompletionException(Causes.unwrap(error));
    }

    private Map<TopicPartition, CompletableFuture<Long>> requestEnds(Set<TopicPartition> existing) {
        return DeadLetterEndOffsets.request(admin(), existing);
    }

    private record Committed(String group, TopicPartition partition) {}

    private Map<Committed, CompletableFuture<Long>> requestCommitted(Set<Committed> requested) {
        Map<String, ListConsumerGroupOffsetsSpec> groups = new HashMap<>();
        requested.stream()
                .collect(Collectors.groupingBy(
                        Committed::group, Collectors.mapping(Committed::partition, Collectors.toSet())))
                .forEach((group, all) -> groups.put(group, new ListConsumerGroupOffsetsSpec().topicPartitions(all)));
        ListConsumerGroupOffsetsResult response = admin().listConsumerGroupOffsets(groups);
        return requested.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        each -> response.partitionsToOffsetAndMetadata(each.group())
                                .toCompletionStage()
                                .toCompletableFuture()
                                .thenApply(offsets -> offset(offsets.get(each.partition())))));
    }

    private static long offset(OffsetAndMetadata committed) {
        return committed == null ? 0 : committed.offset();
    }

    /**
     * The committed offsets of partitions.
     *
     * @param known the offsets by partition, without partitions for which the response of a group is pending
     * @param failures the failures to read committed offsets, by partition
     */
    record Comparison(Map<TopicPartition, CommittedOffsets> known, Map<TopicPartition, KafkaException> failures) {}

    private void beginCompare(Set<TopicPartition> existing) {
        Map<String, Map<String, Optional<String>>> groups = groups(existing);
        committed.begin(existing.stream()
                .flatMap(each -> offsets(each, groups.get(each.topic())))
                .collect(Collectors.toSet()));
    }

    /** Returns the committed offsets of partitions. */
    Comparison compare(Set<TopicPartition> requested) throws InterruptedException {
        Map<String, Map<String, Optional<String>>> groups = groups(requested);
        long now = System.nanoTime();
        KafkaResults.Found<Committed, Long> found = committed.get(requested.stream()
                .flatMap(each -> offsets(each, groups.get(each.topic())))
                .collect(Collectors.toSet()));
        Comparison comparison = new Comparison(new HashMap<>(), new HashMap<>());
        for (TopicPartition each : requested) {
            Map<String, Optional<String>> byTarget = groups.get(each.topic());
            offsets(each, byTarget)
                    .map(found.failures()::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(failure -> comparison.failures().put(each, failure));
            if (offsets(each, byTarget).allMatch(found.values()::containsKey)) {
                comparison.known().put(each, committed(each, byTarget, found.values(), now));
            }
        }
        return comparison;
    }

    private static CommittedOffsets committed(
            TopicPartition partition,
            Map<String, Optional<String>> groups,
            Map<Committed, KafkaResults.Value<Long>> found,
            long now) {
        Map<String, OptionalLong> byTarget = new LinkedHashMap<>();
        long begun = 0;
        for (Map.Entry<String, Optional<String>> each : groups.entrySet()) {
            if (each.getValue().isEmpty()) {
                byTarget.put(each.getKey(), OptionalLong.empty());
            } else {
                KafkaResults.Value<Long> offset =
                        found.get(new Committed(each.getValue().get(), partition));
                byTarget.put(each.getKey(), OptionalLong.of(offset.value()));
                begun = Math.min(begun, offset.begun() - now);
            }
        }
        return new CommittedOffsets(byTarget, now + begun);
    }

    private static Stream<Committed> offsets(TopicPartition partition, Map<String, Optional<String>> groups) {
        return groups.values().stream().flatMap(Optional::stream).map(group -> new Committed(group, partition));
    }

    /** Returns the group of each target, if it is configured, by topic. */
    private Map<String, Map<String, Optional<String>>> groups(Set<TopicPartition> partitions) {
        List<RecordTarget> all = targets.all();
        Map<String, Map<String, Optional<String>>> groups = new HashMap<>();
        partitions.forEach(each -> groups.computeIfAbsent(each.topic(), topic -> groups(all, topic)));
        return groups;
    }

    private static Map<String, Optional<String>> groups(List<RecordTarget> all, String topic) {
        Map<String, Optional<String>> groups = new LinkedHashMap<>();
        all.forEach(target -> groups.put(target.name(), target.group(topic)));
        return groups;
    }

    /**
     * Returns the current end offsets of the dead-letter topic; none if no record has arrived. The dead letters of all
     * records that have arrived are before these offsets.
     */
    DeadLetterEndOffsets.Found deadLetterEndOffsets(Collection<Map<String, Progress>> progress)
            throws InterruptedException {
        return progress.stream().anyMatch(targetsOfOne -> targetsOfOne.containsValue(Progress.ARRIVED))
                ? deadLetters.now()
                : DeadLetterEndOffsets.Found.NONE;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        admin.close();
    }
}
