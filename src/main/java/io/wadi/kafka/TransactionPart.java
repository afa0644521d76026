package io.wadi.kafka;

import java.util.List;
import java.util.SortedMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A sink's part of the transaction of a poll ({@link GroupOffset#join}): records and an offset. All methods are called
 * on the consumer's thread. If the transaction fails or its outcome is unknown, the sink is abandoned ({@link
 * PartitionSink#abandon}).
 */
public interface TransactionPart {

    /** Returns the offset to commit. */
    GroupOffset.Committed offset();

    /** Returns the records to send first. Called once for each attempt. */
    List<ProducerRecord<Object, Object>> records();

    /**
     * Returns further records to send in the same transaction.
     *
     * @param locations the locations of the first records in their order, which are final unless the transaction is
     *     aborted
     */
    List<ProducerRecord<Object, Object>> next(List<RecordMetadata> locations);

    /**
     * Reports that Kafka will never accept some of the first records. Nothing was committed; the next attempt follows.
     *
     * @param causes the reasons by the records' indexes
     */
    void rejected(SortedMap<Integer, Exception> causes);

    /** Reports that the transaction was committed. */
    void committed();
}
