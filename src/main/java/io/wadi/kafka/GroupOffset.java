package io.wadi.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The committed offset of a consumer group for one partition, read and committed by a {@link PartitionSink}. Used on
 * the consumer's thread only, for as long as the consumer owns the partition.
 */
public interface GroupOffset {

    /**
     * A committed offset.
     *
     * @param offset the offset after the last completed record; -1 if nothing is committed
     * @param note the metadata committed by the sink; empty if another client committed, such as a tool that resets
     *     offsets
     */
    record Committed(long offset, String note) {
        public static final Committed NONE = new Committed(-1, "");
    }

    /**
     * Reads it from Kafka.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    Committed read();

    /**
     * Returns whether Kafka rejects commits of former owners. It does not for manually assigned partitions: their
     * committed offset can go back at any time.
     */
    boolean isExclusive();

    /** Commits synchronously. Returns false if that failed for now: in a rebalance, or without Kafka. */
    boolean commit(Committed committed);

    /**
     * Commits, and sends records in the same transaction: read-committed consumers see all of it or nothing, also after
     * a crash, and each record once.
     *
     * @throws org.apache.kafka.common.KafkaException if it failed or its outcome is unknown; {@link #read} returns the
     *     outcome
     */
    void commit(Committed committed, List<ProducerRecord<Object, Object>> sent);

    /**
     * Adds a part to the transaction of this poll, once for each poll. When all batches of the poll are delivered, and
     * before {@link PartitionSink#tick}, the consumer commits the parts of all its partitions of a topic in one
     * transaction.
     */
    void join(TransactionPart part);
}
