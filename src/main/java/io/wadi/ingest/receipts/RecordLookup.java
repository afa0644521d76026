package io.wadi.ingest.receipts;

import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads single records by their offsets, from all partitions at once. Not thread-safe. */
final class RecordLookup implements AutoCloseable {
    /**
     * Settings of the reader. A poll returns only the first record of a fetch, which is that of a receipt: the others
     * would be decoded in vain, and the consumer would fetch the records after them.
     */
    static final Map<String, Object> SETTINGS = Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);

    private static final Duration POLL = Duration.ofMillis(500);

    private final Supplier<TopicReader> newReader;
    private TopicReader reader;
    /** The offsets from which the reader continues; empty if they are unknown, such as after a failure. */
    private Map<TopicPartition, Long> positions = Map.of();

    /** Creates the lookup. The first call of {@link #read} creates the reader, which must read uncommitted records. */
    RecordLookup(Supplier<TopicReader> newReader) {
        this.newReader = newReader;
    }

    /**
     * Passes the records of receipts to an action, those of a partition in the order of their offsets, without records
     * that Kafka no longer has. Each poll begins at the record of a receipt, so that records between receipts do not
     * increase the number of fetches.
     *
     * @param existing receipts below the end offsets of their partitions
     * @return the receipts that were not read in time
     * @throws org.apache.kafka.common.KafkaException if Kafka is unavailable
     */
    Set<Receipt> read(Collection<Receipt> existing, Duration within, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        long begun = System.nanoTime();
        if (reader == null) {
            reader = newReader.get();
        }
        Map<TopicPartition, NavigableSet<Long>> left = existing.stream()
                .collect(Collectors.groupingBy(
                        Receipt::partition,
                        Collectors.mapping(Receipt::offset, Collectors.toCollection(TreeSet::new))));
        while (!left.isEmpty() && System.nanoTime() - begun < within.toNanos()) {
            readNext(left, action);
            left.values().removeIf(Set::isEmpty);
        }
        return left.entrySet().stream()
                .flatMap(each -> each.getValue().stream().map(offset -> new Receipt(each.getKey(), offset)))
                .collect(Collectors.toSet());
    }

    /** Polls from the first remaining offset of each partition, and removes the offsets before the new positions. */
    private void readNext(
            Map<TopicPartition, NavigableSet<Long>> left, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Map<TopicPartition, Long> from = new HashMap<>();
        left.forEach((partition, offsets) -> from.put(partition, offsets.first()));
        if (!from.equals(positions)) {
            reader.seek(from);
        }
        positions = Map.of();
        reader.poll(POLL, each -> {
            if (left.get(new TopicPartition(each.topic(), each.partition())).contains(each.offset())) {
                action.accept(each);
            }
        });
        positions = reader.positions();
        left.forEach((partition, offsets) ->
                offsets.headSet(positions.get(partition)).clear());
    }

    /** Returns a record with only the location of a receipt, for a record that Kafka no longer has. */
    static ConsumerRecord<byte[], byte[]> gone(Receipt receipt) {
        return new ConsumerRecord<>(
                receipt.partition().topic(), receipt.partition().partition(), receipt.offset(), null, null);
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
