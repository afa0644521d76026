package io.wadi.kafka;

import io.wadi.runtime.telemetry.PartitionRow;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition from one poll, in offset order, as the body of one exchange. Offsets may have gaps
 * (transactions, compaction). Used on the consumer's thread only.
 */
public final class RecordBatch {
    private final TopicPartition partition;
    private final List<ConsumerRecord<byte[], ByteBuffer>> records;
    private final long from;
    private final Claims claims;

    /** Takes the records as they are, without a copy: nobody changes them. */
    public RecordBatch(
            TopicPartition partition, List<ConsumerRecord<byte[], ByteBuffer>> records, long from, Claims claims) {
        this.partition = partition;
        this.records = records;
        this.from = from;
        this.claims = claims;
    }

    /** Where the records come from. */
    public TopicPartition partition() {
        return partition;
    }

    /**
     * At least one record. Its value is what remains in a buffer that has an array, or null. Many values may share the array:
     * nobody changes it or moves a buffer's position. Whoever keeps one keeps all that was fetched with it in memory.
     */
    public List<ConsumerRecord<byte[], ByteBuffer>> records() {
        return records;
    }

    /** Where reading began: Kafka has no other records from here to {@link #lastOffset()} than those of this run. */
    public long from() {
        return from;
    }

    /** The offset of the first record. */
    public long firstOffset() {
        return records.get(0).offset();
    }

    /** The offset of the last record. */
    public long lastOffset() {
        return records.get(records.size() - 1).offset();
    }

    /**
     * The sink that holds this partition for as long as this consumer owns it. Where there is none yet, {@code open}
     * makes one; from then on the sink, not the exchange's end, decides what is committed and where to read on.
     *
     * @param open gets this run and returns the sink; what it throws fails the exchange, and the run is handed over again
     */
    public <S extends PartitionSink> S sink(Class<S> type, Function<RecordBatch, S> open) {
        return type.cast(claims.claim(this, open));
    }

    /** What the group has committed for this partition, and the way to commit: for the sink, for as long as it is in use. */
    public GroupOffset groupOffset() {
        return claims.groupOffset();
    }

    /** Where the figures of this partition are kept, for as long as this consumer owns it. */
    public PartitionRow row() {
        return claims.row(partition);
    }

    /**
     * Has the records of this run, when it is handed over again, come in runs of one record each, with each of their sends
     * awaited, so that only the one that fails does. Without effect once this run is not being handed over any more. Thread-safe.
     */
    public void isolateRecords() {
        claims.isolate(this);
    }

    @Override
    public String toString() {
        return "%s@%d..%d".formatted(partition, firstOffset(), lastOffset());
    }

    /** What a run asks of the consumer that polled it. */
    public interface Claims {
        PartitionSink claim(RecordBatch run, Function<RecordBatch, ? extends PartitionSink> open);

        GroupOffset groupOffset();

        /** See {@link RecordBatch#isolateRecords}. */
        void isolate(RecordBatch run);

        default PartitionRow row(TopicPartition partition) {
            return PartitionRow.unseen(partition);
        }
    }

    /** Whether it is a run of several records, so that it is not known which of them fails. */
    public static boolean isOfMany(ConsumerRecord<?, ?> handedOver) {
        return handedOver.value() instanceof RecordBatch run && run.records().size() > 1;
    }
}
