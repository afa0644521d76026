package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Compares receipts with ends and committed offsets. Thread-safe, except {@link #existing}. */
final class ReceiptProgress implements AutoCloseable {
    private final KafkaClients kafka;
    private final Targets targets;
    private final String deadLetterTopic;
    private final Map<String, Integer> partitions = new HashMap<>();
    /** Guarded by this. */
    private Admin admin;

    ReceiptProgress(KafkaClients kafka, Targets targets, String deadLetterTopic) {
        this.kafka = kafka;
        this.targets = targets;
        this.deadLetterTopic = deadLetterTopic;
    }

    /** Returns those below the end of an existing partition. For one thread. */
    Set<Receipt> existing(Stream<Receipt> receipts) throws InterruptedException {
        Set<Receipt> requested = receipts.collect(Collectors.toSet());
        describe(requested);
        Set<TopicPartition> existing =
                requested.stream().map(Receipt::partition).filter(this::isKnown).collect(Collectors.toSet());
        if (existing.isEmpty()) {
            return Set.of();
        }
        Map<TopicPartition, Long> ends =
                AdminRequests.offsets(admin(), existing, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        return requested.stream()
                .filter(each -> each.offset() < ends.getOrDefault(each.partition(), 0L))
                .collect(Collectors.toSet());
    }

    /** Topics only grow, so that partitions once seen need no second look. */
    private void describe(Set<Receipt> requested) throws InterruptedException {
        Set<String> unknown = requested.stream()
                .map(Receipt::partition)
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

    /** Passes on how far each receipt is, by target: pending, arrived or not configured. */
    void of(Stream<Receipt> existing, BiConsumer<Receipt, Map<String, Progress>> found) throws InterruptedException {
        Set<Receipt> requested = existing.collect(Collectors.toSet());
        List<RecordTarget> all = targets.all();
        Map<String, Map<String, Optional<String>>> groups = new HashMap<>();
        Map<String, Set<TopicPartition>> partitionsByGroup = new HashMap<>();
        for (Receipt each : requested) {
            groups.computeIfAbsent(each.partition().topic(), topic -> groups(all, topic)).values().stream()
                    .flatMap(Optional::stream)
                    .forEach(group -> partitionsByGroup
                            .computeIfAbsent(group, any -> new HashSet<>())
                            .add(each.partition()));
        }
        Map<String, Map<TopicPartition, Long>> committed =
                partitionsByGroup.isEmpty() ? Map.of() : AdminRequests.committed(admin(), partitionsByGroup);
        for (Receipt each : requested) {
            Map<String, Progress> byTarget = new LinkedHashMap<>();
            groups.get(each.partition().topic())
                    .forEach((target, group) -> byTarget.put(
                            target,
                            group.map(name -> progress(each, committed.get(name)))
                                    .orElse(Progress.NOT_CONFIGURED)));
            found.accept(each, byTarget);
        }
    }

    private static Map<String, Optional<String>> groups(List<RecordTarget> all, String topic) {
        Map<String, Optional<String>> groups = new LinkedHashMap<>();
        all.forEach(target -> groups.put(target.name(), target.group(topic)));
        return groups;
    }

    private static Progress progress(Receipt receipt, Map<TopicPartition, Long> committed) {
        return receipt.offset() < committed.getOrDefault(receipt.partition(), 0L) ? Progress.ARRIVED : Progress.PENDING;
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
