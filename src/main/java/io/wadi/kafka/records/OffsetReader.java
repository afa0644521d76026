package io.wadi.kafka.records;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads single records of topics by their offsets. A fetch reads from all partitions. Joins no group and commits
 * nothing; the isolation level is the one of the settings. Not thread-safe.
 */
public final class OffsetReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final long maxSkipped;
    private final PollLimit limit;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    /**
     * Creates a reader from a consumer's settings.
     *
     * @param maxSkipped the bytes of records between two offsets that are read instead of another fetch
     */
    public OffsetReader(Map<?, ?> settings, TopicReader.Fetch fetch, long maxSkipped) {
        this.maxSkipped = maxSkipped;
        this.limit = fetch.limit();
        this.consumer = TopicReader.consumer(settings, fetch, "earliest", limit);
    }

    OffsetReader(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer, long maxSkipped) {
        this.maxSkipped = maxSkipped;
        this.limit = PollLimit.ofHeap();
        this.consumer = consumer;
    }

    /**
     * Passes records to an action, those of a partition in order, and removes the offsets that were read, also those of
     * records that Kafka no longer has. Offsets that were not read in time remain.
     *
     * @param offsets offsets of each partition, below its end offset
     * @throws org.apache.kafka.common.KafkaException if Kafka is unavailable
     */
    public void read(
            Map<TopicPartition, NavigableSet<Long>> offsets,
            Duration within,
            Consumer<ConsumerRecord<byte[], byte[]>> action) {
        long begun = System.nanoTime();
        while (!offsets.isEmpty() && System.nanoTime() - begun < within.toNanos()) {
            readNext(offsets, within.minusNanos(System.nanoTime() - begun), action);
            offsets.values().removeIf(Set::isEmpty);
        }
    }

    /**
     * Reads each partition from its first offset. A partition is read on to its next offset if the records before it
     * have at most {@link #maxSkipped} bytes, estimated by the latest one; other offsets remain.
     */
    private void readNext(
            Map<TopicPartition, NavigableSet<Long>> offsets,
            Duration within,
            Consumer<ConsumerRecord<byte[], byte[]>> action) {
        keepAssigned(offsets.keySet());
        offsets.forEach((partition, each) -> consumer.seek(partition, each.first()));
        Map<TopicPartition, Long> lengths = new HashMap<>();
        Set<TopicPartition> open = new HashSet<>(offsets.keySet());
        long begun = System.nanoTime();
        try {
            while (!open.isEmpty() && System.nanoTime() - begun < within.toNanos()) {
                limit.begin();
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                    TopicPartition partition = new TopicPartition(each.topic(), each.partition());
                    lengths.put(partition, Math.max(1L, HeldBytes.length(each.key()) + HeldBytes.length(each.value())));
                    if (offsets.get(partition).remove(each.offset())) {
                        action.accept(each);
                    }
                }
                for (TopicPartition each : List.copyOf(open)) {
                    NavigableSet<Long> left = offsets.get(each);
                    long position = consumer.position(each);
                    left.headSet(position).clear();
                    if (left.isEmpty() || left.first() - position > maxSkipped / lengths.getOrDefault(each, 1L)) {
                        open.remove(each);
                        consumer.pause(Set.of(each));
                    }
                }
            }
        } finally {
            consumer.resume(consumer.assignment());
        }
    }

    /**
     * Assigns partitions, and pauses the others of their topics that are assigned: when the assignment changes, the
     * consumer creates metrics, which takes longer than a fetch.
     */
    private void keepAssigned(Set<TopicPartition> partitions) {
        Set<TopicPartition> assigned = consumer.assignment();
        if (!assigned.containsAll(partitions)) {
            Set<String> topics = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
            assigned = Stream.concat(
                            partitions.stream(), assigned.stream().filter(each -> topics.contains(each.topic())))
                    .collect(Collectors.toSet());
            consumer.assign(assigned);
        }
        consumer.pause(
                assigned.stream().filter(each -> !partitions.contains(each)).toList());
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
