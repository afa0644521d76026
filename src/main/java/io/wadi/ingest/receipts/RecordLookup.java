package io.wadi.ingest.receipts;

import io.wadi.kafka.records.TopicReader;
import java.util.Collection;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads single records, those near each other in one pass. For one thread. */
final class RecordLookup implements AutoCloseable {
    /** The gap in offsets above which seeking is cheaper than reading on. */
    private static final long MAX_GAP = 500;

    private final Supplier<TopicReader> newReader;
    private TopicReader reader;

    /** Takes a reader of uncommitted records, which the first lookup creates. */
    RecordLookup(Supplier<TopicReader> newReader) {
        this.newReader = newReader;
    }

    /**
     * Passes the records to an action, by offset, without those that Kafka no longer has.
     *
     * @param existing offsets below the end of one partition
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void read(Collection<Receipt> existing, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        if (reader == null) {
            reader = newReader.get();
        }
        TopicPartition partition = existing.iterator().next().partition();
        NavigableSet<Long> left = existing.stream().map(Receipt::offset).collect(Collectors.toCollection(TreeSet::new));
        left = left.tailSet(reader.begin(partition), true);
        while (!left.isEmpty()) {
            long last = lastNear(left);
            read(partition, left.headSet(last, true), action);
            left = left.tailSet(last, false);
        }
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

    private void read(
            TopicPartition partition, NavigableSet<Long> offsets, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Iterator<ConsumerRecord<byte[], byte[]>> records =
                reader.records(partition, offsets.first(), offsets.last() + 1);
        while (records.hasNext()) {
            ConsumerRecord<byte[], byte[]> next = records.next();
            if (offsets.contains(next.offset())) {
                action.accept(next);
            }
        }
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
