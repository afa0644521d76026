package io.wadi.ingest.receipts;

import io.wadi.kafka.records.OffsetReader;
import java.time.Duration;
import java.util.Collection;
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

/**
 * Reads single records by their offsets. A fetch reads from all partitions, and returns all records that are close to
 * each other, such as those of one commit. Not thread-safe.
 */
final class RecordLookup implements AutoCloseable {
    /**
     * Settings of the reader. A poll returns records of one partition, of which all but one are decoded in vain if the
     * receipts are far from each other; the same applies to the bytes of a fetch.
     */
    static final Map<String, Object> SETTINGS = Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 16 << 10);

    /** The bytes of records between two receipts that are read instead of another fetch. */
    static final long MAX_SKIPPED = 8 << 10;

    private final Supplier<OffsetReader> newReader;
    private OffsetReader reader;

    /** Creates the lookup. The first call of {@link #read} creates the reader, which must read uncommitted records. */
    RecordLookup(Supplier<OffsetReader> newReader) {
        this.newReader = newReader;
    }

    /**
     * Passes the records of receipts to an action, those of a partition in the order of their offsets, without records
     * that Kafka no longer has. Distant receipts are read without the records between them.
     *
     * @param existing receipts below the end offsets of their partitions
     * @return the receipts that were not read in time
     * @throws org.apache.kafka.common.KafkaException if Kafka is unavailable
     */
    Set<Receipt> read(Collection<Receipt> existing, Duration within, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        if (reader == null) {
            reader = newReader.get();
        }
        Map<TopicPartition, NavigableSet<Long>> left = existing.stream()
                .collect(Collectors.groupingBy(
                        Receipt::partition,
                        Collectors.mapping(Receipt::offset, Collectors.toCollection(TreeSet::new))));
        reader.read(left, within, action);
        return left.entrySet().stream()
                .flatMap(each -> each.getValue().stream().map(offset -> new Receipt(each.getKey(), offset)))
                .collect(Collectors.toSet());
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
