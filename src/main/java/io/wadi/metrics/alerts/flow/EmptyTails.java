package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * A filter for partitions in which a group has processed all records although it has not committed the end offset: only
 * transaction markers and aborted records follow the committed offset. Kafka Streams commits an offset after these only
 * when it has processed a later record. Not thread-safe.
 */
final class EmptyTails {
    /** A group that still processes records commits within this time. */
    private static final Duration UNCHANGED = Duration.ofSeconds(3);

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Properties> readerSettings;
    private final Map<TopicPartition, Tail> tails = new HashMap<>();

    /**
     * What is known about the offsets from the committed offset to the end of a partition.
     *
     * @param since the {@link System#nanoTime} of the last change of the committed offset
     * @param emptyUntil no record is between the committed offset and this offset
     * @param hasRecord whether a record follows {@code emptyUntil}
     */
    private record Tail(long committed, long since, long emptyUntil, boolean hasRecord) {}

    /**
     * Creates an instance without results.
     *
     * @param readerSettings supplies the properties of a consumer without a group
     */
    EmptyTails(Supplier<Properties> readerSettings) {
        this.readerSettings = readerSettings;
    }

    /**
     * Removes the partitions in which no record follows the committed offset. Reads only partitions with a committed
     * offset that has not changed for a while.
     *
     * @param ends the end offsets of partitions, each greater than the committed offset
     * @param committed the committed offset of each partition, or its first offset if that is greater
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
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
