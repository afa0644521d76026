package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares receipts with ends and committed offsets. {@link #check} and {@link #compare} are for one thread, the others
 * are thread-safe.
 */
final class ReceiptProgress implements AutoCloseable {
    private final KafkaClients kafka;
    private final Targets targets;
    private final String deadLetterTopic;
    private final Map<String, Integer> partitions = new HashMap<>();
    private final KafkaResults<TopicPartition, Long> ends = new KafkaResults<>(this::requestEnds);
    private final KafkaResults<Committed, Long> committed = new KafkaResults<>(this::requestCommitted);
    /** Guarded by this. */
    private Admin admin;

    ReceiptProgress(KafkaClients kafka, Targets targets, String deadLetterTopic) {
        this.kafka = kafka;
        this.targets = targets;
        this.deadLetterTopic = deadLetterTopic;
    }

    /**
     * Checks which receipts of questions exist: those below the end of an existing partition. A question remains
     * unchecked until Kafka has answered for all of its partitions, and fails if Kafka does not in time.
     */
    void check(Collection<Question> unchecked) throws InterruptedException {
        Set<TopicPartition> requested = unchecked.stream()
                .flatMap(each -> each.receipts().stream())
                .map(Receipt::partition)
                .collect(Collectors.toSet());
        describe(requested);
        Map<Boolean, Set<TopicPartition>> byExistence =
                requested.stream().collect(Collectors.partitioningBy(this::isKnown, Collectors.toSet()));
        long now = System.nanoTime();
        KafkaResults.Found<TopicPartition, Long> found = ends.get(byExistence.get(true));
        // A deleted topic has no leader either.
        found.failures().keySet().forEach(each -> partitions.remove(each.topic()));
        Map<TopicPartition, KafkaResults.Value<Long>> known = new HashMap<>(found.values());
        byExistence.get(false).forEach(each -> known.put(each, new KafkaResults.Value<>(0L, now)));
        for (Question each : unchecked) {
            each.receipts().stream()
                    .map(receipt -> found.failures().get(receipt.partition()))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresentOrElse(each::fail, () -> each.check(known));
        }
    }

    /** Topics only grow, so that partitions once seen need no second look. */
    private void describe(Set<TopicPartition> requested) throws InterruptedException {
        Set<String> unknown = requested.stream()
                .filter(each -> !isKnown(each))
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            partitions.putAll(AdminRequests.partitionCounts(admin(), unknown));
        }
    }

    private boolean isKnown(TopicPartition partition) {
        return partition.partition() < partitions.getOrDefault(partition.topic(), 0);
    }

    private Map<TopicPartition, KafkaFuture<Long>> requestEnds(Set<TopicPartition> existing) {
        ListOffsetsResult response = admin().listOffsets(
                        existing.stream().collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest())));
        return existing.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        each -> response.partitionResult(each).thenApply(ListOffsetsResultInfo::offset)));
    }

    private record Committed(String group, TopicPartition partition) {}

    private Map<Committed, KafkaFuture<Long>> requestCommitted(Set<Committed> requested) {
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
                                .thenApply(offsets ->
                                        AdminRequests.offsets(offsets).getOrDefault(each.partition(), 0L))));
    }

    /**
     * The progress of a receipt.
     *
     * @param byTarget pending, arrived or not configured
     * @param begun when the oldest request for its committed offsets began, by {@link System#nanoTime}
     */
    record Compared(Map<String, Progress> byTarget, long begun) {}

    /**
     * The progress of receipts.
     *
     * @param known without receipts that wait for the committed offset of a group
     * @param failures why committed offsets could not be read, by receipt
     */
    record Comparison(Map<Receipt, Compared> known, Map<Receipt, KafkaException> failures) {}

    /** Compares receipts with the committed offsets. */
    Comparison compare(Stream<Receipt> existing) throws InterruptedException {
        Set<Receipt> requested = existing.collect(Collectors.toSet());
        List<RecordTarget> all = targets.all();
        Map<String, Map<String, Optional<String>>> groups = new HashMap<>();
        requested.forEach(each -> groups.computeIfAbsent(each.partition().topic(), topic -> groups(all, topic)));
        long now = System.nanoTime();
        KafkaResults.Found<Committed, Long> found = committed.get(requested.stream()
                .flatMap(each -> offsets(each, groups.get(each.partition().topic())))
                .collect(Collectors.toSet()));
        Comparison comparison = new Comparison(new HashMap<>(), new HashMap<>());
        Map<Compared, Compared> shared = new HashMap<>();
        for (Receipt each : requested) {
            Map<String, Optional<String>> byTarget = groups.get(each.partition().topic());
            List<Committed> offsets = offsets(each, byTarget).toList();
            offsets.stream()
                    .map(found.failures()::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(failure -> comparison.failures().put(each, failure));
            if (found.values().keySet().containsAll(offsets)) {
                long begun = offsets.stream()
                        .mapToLong(offset -> found.values().get(offset).begun() - now)
                        .min()
                        .orElse(0);
                Compared compared = new Compared(progress(each, byTarget, found.values()), now + begun);
                comparison.known().put(each, shared.computeIfAbsent(compared, Function.identity()));
            }
        }
        return comparison;
    }

    private static Stream<Committed> offsets(Receipt receipt, Map<String, Optional<String>> groups) {
        return groups.values().stream()
                .flatMap(Optional::stream)
                .map(group -> new Committed(group, receipt.partition()));
    }

    private static Map<String, Optional<String>> groups(List<RecordTarget> all, String topic) {
        Map<String, Optional<String>> groups = new LinkedHashMap<>();
        all.forEach(target -> groups.put(target.name(), target.group(topic)));
        return groups;
    }

    private static Map<String, Progress> progress(
            Receipt receipt, Map<String, Optional<String>> groups, Map<Committed, KafkaResults.Value<Long>> committed) {
        Map<String, Progress> byTarget = new LinkedHashMap<>();
        groups.forEach((target, group) -> byTarget.put(
                target,
                group.map(name -> committed.get(new Committed(name, receipt.partition())))
                        .map(offset -> receipt.offset() < offset.value() ? Progress.ARRIVED : Progress.PENDING)
                        .orElse(Progress.NOT_CONFIGURED)));
        return byTarget;
    }

    /**
     * Returns the ends of the dead-letter topic, before which the dead letters of all records that have arrived are;
     * empty if none has arrived. Ends of uncommitted records: a transaction with a dead letter may have committed the
     * offset a moment before it is committed in this topic.
     */
    Map<TopicPartition, Long> deadLetterEnds(Collection<Map<String, Progress>> progress) throws InterruptedException {
        if (progress.stream().noneMatch(targetsOfOne -> targetsOfOne.containsValue(Progress.ARRIVED))) {
            return Map.of();
        }
        int count =
                AdminRequests.partitionCounts(admin(), List.of(deadLetterTopic)).getOrDefault(deadLetterTopic, 0);
        List<TopicPartition> all = IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(deadLetterTopic, partition))
                .toList();
        return all.isEmpty()
                ? Map.of()
                : AdminRequests.offsets(admin(), all, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(kafka.adminProperties());
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
