package io.wadi.kafka;

import io.wadi.runtime.telemetry.PartitionMetrics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition from one poll, in offset order, as the body of one exchange. Offsets may have gaps
 * (transactions, compaction). Used on the consumer's thread only.
 *
 * @param records the records, at least one. A value is null or a buffer with a backing array; the remaining bytes of
 *     the buffer are the value. Many values may share one array, which must not be modified. A retained value keeps its
 *     whole fetch in memory
 * @param from the offset at which reading began: from it to {@link #lastOffset()}, Kafka has only the records of this
 *     batch
 */
public record RecordBatch(
        TopicPartition partition,
        List<ConsumerRecord<byte[], ByteBuffer>> records,
        long from,
        ConsumerOperations consumer) {
    /**
     * Returns the batch in the body of an exchange.
     *
     * @param endpoint the endpoint that requires a batch, for the error message
     * @throws IllegalArgumentException if the body is not a batch
     */
    public static RecordBatch in(Exchange exchange, String endpoint) {
        if (exchange.getMessage().getBody() instanceof RecordBatch batch) {
            return batch;
        }
        throw new IllegalArgumentException(
                "%s expected the record batches of a kafka: endpoint with kafkaClientFactory=#record-batches, got %s"
                        .formatted(endpoint, exchange.getMessage().getBody()));
    }

    public long firstOffset() {
        return records.get(0).offset();
    }

    public long lastOffset() {
        return records.get(records.size() - 1).offset();
    }

    /**
     * Returns the sink of this partition, and opens one if there is none. While a partition has a sink, the sink and
     * not the completion of exchanges determines the committed offset and the offset at which reading continues.
     *
     * @param open creates the sink for this batch; an exception fails the exchange, and the batch is delivered again
     */
    public <S extends PartitionSink> S sink(Class<S> type, Function<RecordBatch, S> open) {
        return type.cast(consumer.claim(this, open));
    }

    /** Returns the group's committed offset of this partition, for use by the partition's sink. */
    public GroupOffset groupOffset() {
        return consumer.groupOffset();
    }

    /** Returns the metrics of this partition, valid while this consumer owns it. */
    public PartitionMetrics row() {
        return consumer.row(partition);
    }

    /**
     * Requests an isolated retry: the records are delivered again in batches of one record, and each of their sends is
     * awaited, so that only records that cannot be processed fail. Has no effect after the delivery of this batch has
     * ended. Thread-safe.
     */
    public void isolateRecords() {
        consumer.isolate(this);
    }

    @Override
    public String toString() {
        return "%s@%d..%d".formatted(partition, firstOffset(), lastOffset());
    }

    /** The operations of the consumer that polled a batch. */
    public interface ConsumerOperations {
        /** See {@link RecordBatch#sink}. */
        PartitionSink claim(RecordBatch batch, Function<RecordBatch, ? extends PartitionSink> open);

        GroupOffset groupOffset();

        /** See {@link RecordBatch#isolateRecords}. */
        void isolate(RecordBatch batch);

        default PartitionMetrics row(TopicPartition partition) {
            return PartitionMetrics.unregistered(partition);
        }
    }

    /** Returns whether the value is a batch of several records, any of which may be the one that fails. */
    public static boolean hasSeveralRecords(ConsumerRecord<?, ?> delivered) {
        return delivered.value() instanceof RecordBatch batch && batch.records().size() > 1;
    }
}
