package io.wadi.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

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
     * Reads the committed offset from Kafka.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    Committed read();

    /**
     * Reads the group's committed offsets of the topic's other partitions. Those without one are omitted.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    Map<TopicPartition, Committed> readOthers();

    /**
     * Returns whether Kafka rejects commits by previous owners of the partition. It accepts them for manually assigned
     * partitions, so that their committed offset can decrease at any time.
     */
    boolean isExclusive();

    /**
     * Commits synchronously. Returns false if the commit failed for now, such as during a rebalance or without a
     * response.
     */
    boolean commit(Committed committed);

    /**
     * Commits the offset and sends records in one transaction. Read-committed consumers see all of the records or none,
     * each of them once, even after a crash.
     *
     * @throws org.apache.kafka.common.KafkaException if the transaction failed or its outcome is unknown; {@link #read}
     *     then shows the outcome
     */
    void commit(Committed committed, List<ProducerRecord<Object, Object>> sent);

    /**
     * Adds a part to the transaction of the current poll; called at most once in each poll. After the delivery of all
     * batches of the poll, and before {@link PartitionSink#tick}, the consumer commits the parts of all its partitions
     * of a topic in one transaction.
     */
    void join(TransactionPart part);
}
