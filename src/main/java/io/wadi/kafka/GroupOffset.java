package io.wadi.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a consumer group has committed for one partition, for a {@link PartitionSink} that commits by itself. Used on the
 * consumer's thread only, for as long as the consumer owns the partition.
 */
public interface GroupOffset {

    /**
     * A committed offset.
     *
     * @param offset everything before it is done; -1 where nothing is committed
     * @param note what the sink wrote beside it; empty where somebody else committed, such as a tool that resets offsets
     */
    record Committed(long offset, String note) {
        public static final Committed NONE = new Committed(-1, "");
    }

    /**
     * Reads it from Kafka now.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    Committed read();

    /**
     * Whether Kafka refuses the commits of those who have lost the partition; not so where partitions are assigned by hand,
     * so that a committed offset can go back at any time.
     */
    boolean isExclusive();

    /** Commits and waits for the answer. False where it could not be committed now: during a rebalance, or without Kafka. */
    boolean commit(Committed committed);

    /**
     * Commits, and sends records in the same transaction: readers of what is committed see all of it or nothing, also after
     * a crash, and each record once.
     *
     * @throws org.apache.kafka.common.KafkaException where it was not done, or it is not known whether it was: {@link #read}
     *     tells
     */
    void commit(Committed committed, List<ProducerRecord<Object, Object>> sent);
}
