package io.wadi.kafka.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The records of a topic: first the stored ones, then those that only Kafka has. One thread reads each partition. */
public interface RecordSource {
    /** Returns all partitions with records. */
    List<TopicPartition> partitions() throws IOException;

    /** Returns the offset after the last stored record; 0 if there is none. */
    long storedEnd(TopicPartition partition) throws IOException;

    /** Returns the first available offset. */
    long begin(TopicPartition partition) throws IOException;

    /** Reads stored records from an offset on. Reports the next offset after each chunk, and missing records. */
    void stored(
            TopicPartition partition,
            long from,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> action,
            ChunkListener listener)
            throws IOException;

    /** Returns Kafka's end offset. */
    long end(TopicPartition partition);

    /** Reads records from Kafka between two offsets, the second one exclusive. Reports missing records. */
    void logged(
            TopicPartition partition,
            long from,
            long to,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> action,
            MissingListener listener);

    /** A listener of records that the source does not have. */
    @FunctionalInterface
    interface MissingListener {
        /** Reports that the records of these offsets are neither stored nor in Kafka. */
        void missing(long first, long last);
    }

    /** A listener of the progress of a partition. */
    interface ChunkListener extends MissingListener {
        /** Reports that all records before this offset were read. */
        void completed(long next) throws IOException;
    }
}
