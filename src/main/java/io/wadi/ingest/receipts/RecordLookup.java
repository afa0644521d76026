package io.wadi.ingest.receipts;

import io.wadi.kafka.records.TopicReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads single records, those near each other in one pass and all partitions together. For one thread. */
final class RecordLookup implements AutoCloseable {
    /** The gap in offsets above which seeking is cheaper than reading on. */
    private static final long MAX_GAP = 100;

    private final Supplier<TopicReader> newReader;
    private TopicReader reader;

    /** Takes a reader of uncommitted records, which the first lookup creates. */
    RecordLookup(Supplier<TopicReader> newReader) {
        this.newReader = newReader;
    }

    /**
     * Passes the records to an action, those of a partition by offset, without those that Kafka no longer has.
     *
     * @param existing offsets below the ends of their partitions
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void read(Collection<Receipt> existing, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        if (reader == null) {
            reader = newReader.get();
        }
        Map<TopicPartition, NavigableSet<Long>> left = existing.stream()
                .collect(Collectors.groupingBy(
                        Receipt::partition,
                        Collectors.mapping(Receipt::offset, Collectors.toCollection(TreeSet::new))));
        while (!left.isEmpty()) {
            readNear(left, action);
            left.values().removeIf(Set::isEmpty);
        }
    }

    /** Reads the first records of each partition, and removes their offsets. */
    private void readNear(
            Map<TopicPartition, NavigableSet<Long>> left, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> until = new HashMap<>();
        left.forEach((partition, offsets) -> {
            from.put(partition, offsets.first());
            until.put(partition, lastNear(offsets) + 1);
        });
        Iterator<ConsumerRecord<byte[], byte[]>> records = reader.records(from, until);
        while (records.hasNext()) {
            ConsumerRecord<byte[], byte[]> next = records.next();
            if (left.get(new TopicPartition(next.topic(), next.partition())).contains(next.offset())) {
                action.accept(next);
            }
        }
        left.forEach(
                (partition, offsets) -> offsets.headSet(until.get(partition)).clear());
    }

    private static long lastNear(NavigableSet<Long> offsets) {
        long last = offsets.first();
        for (long next : offsets) {
            if (next - last > MAX_GAP) {
                break;
            }
            last = next;
        }
        return last;
    }

    /** Returns a record that names a place only, for one that Kafka no longer has. */
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
