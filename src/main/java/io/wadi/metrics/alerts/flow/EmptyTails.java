package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of which a group has processed all records, although it has not committed their ends: what remains are
 * transaction markers and aborted records. Kafka Streams commits offsets behind those only after a record. Not
 * thread-safe.
 */
final class EmptyTails {
    /** A group that processes records commits more often. */
    private static final Duration UNCHANGED = Duration.ofSeconds(3);

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Properties> readerSettings;
    private final Map<TopicPartition, Tail> tails = new HashMap<>();

    /**
     * What is known behind a committed offset.
     *
     * @param since the {@link System#nanoTime} of the last change
     * @param emptyUntil the offset before which there is no record
     * @param hasRecord whether there is a record behind that
     */
    private record Tail(long committed, long since, long emptyUntil, boolean hasRecord) {}

    /** Takes the settings of a consumer outside any group. */
    EmptyTails(Supplier<Properties> readerSettings) {
        this.readerSettings = readerSettings;
    }

    /**
     * Removes the partitions without a record. Reads those of which the committed offset has not changed for a while.
     *
     * @param committed the committed offset of each partition, or its first offset
     * @param ends the ends of partitions, which are behind the committed offsets
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void removeFrom(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
        long now = System.nanoTime();
        Map<TopicPartition, Long> from = new HashMap<>();
        ends.forEach((partition, end) -> {
            long offset = committed.get(partition);
            Tail tail = tails.get(partition);
            if (tail == null || tail.committed() != offset) {
                tails.put(partition, new Tail(offset, now, offset, false));
            } else if (!tail.hasRecord() && tail.emptyUntil() < end && now - tail.since() >= UNCHANGED.toNanos()) {
                from.put(partition, tail.emptyUntil());
            }
        });
        if (!from.isEmpty()) {
            read(from, ends);
        }
        ends.entrySet().removeIf(each -> tails.get(each.getKey()).emptyUntil() >= each.getValue());
    }

    private void read(Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) {
        try (TopicReader reader = new TopicReader(readerSettings.get(), TopicReader.Fetch.COMMITTED_RECORD)) {
            reader.firsts(from, ends, READ_TIMEOUT)
                    .forEach((partition, first) -> tails.computeIfPresent(
                            partition,
                            (any, tail) -> new Tail(
                                    tail.committed(),
                                    tail.since(),
                                    first == null ? ends.get(partition) : tail.emptyUntil(),
                                    first != null)));
        }
    }
}
