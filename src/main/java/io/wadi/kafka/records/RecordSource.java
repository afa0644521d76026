package io.wadi.kafka.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The records of a topic: the stored ones, then those only in Kafka. Called by one thread for each partition. */
public interface RecordSource {
    /** Returns all partitions with records. */
    List<TopicPartition> partitions() throws IOException;

    /** Returns the offset after the last stored one; 0 if there is none. */
    long storedEnd(TopicPartition partition) throws IOException;

    /** Returns the first available offset. */
    long begin(TopicPartition partition) throws IOException;

    /** Reads stored records from an offset on; reports the next offset after each chunk, and missing records. */
    void stored(
            TopicPartition partition,
            long from,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> action,
            ChunkListener listener)
            throws IOException;

    /** Returns Kafka's end offset. */
    long end(TopicPartition partition);

    /** Reads Kafka's records from an offset up to another, exclusively; reports missing records. */
    void logged(
            TopicPartition partition,
            long from,
            long to,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> action,
            MissingListener listener);

    /** A listener of records that the source does not have. */
    @FunctionalInterface
    interface MissingListener {
        /** The source does not have the records of these offsets, neither stored nor in Kafka. */
        void missing(long first, long last);
    }

    /** A listener of the progress of a partition. */
    interface ChunkListener extends MissingListener {
        /** All records before this offset were read. */
        void completed(long next) throws IOException;
    }
}
