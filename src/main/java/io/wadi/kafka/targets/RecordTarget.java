package io.wadi.kafka.targets;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Where records of topics end, such as files in HDFS. Its feature binds one bean. A record before the group's committed
 * offset has arrived: readers find it here, or as a dead letter, unless its offset is {@link #expired}. Methods
 * connect on demand and are thread-safe.
 */
public interface RecordTarget {
    /** Returns the name and state of a record that has arrived, such as {@code landed}. */
    String name();

    /** Returns the consumer group that takes a topic's records here; empty if none is configured. */
    Optional<String> group(String topic);

    /**
     * Returns where a record that has arrived is, as fields for JSON; empty if it is not found, as a dead letter is not.
     *
     * @throws IOException if the server does not answer
     */
    Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) throws IOException;

    /**
     * Returns the ranges of offsets that never arrive because Kafka deleted them first, in order.
     *
     * @throws IOException if the server does not answer
     */
    List<Range> expired(TopicPartition partition) throws IOException;

    /**
     * Makes all records of a topic that have arrived visible to searches.
     *
     * @throws IOException if the server does not answer
     */
    default void refresh(String topic) throws IOException {}

    /**
     * Marks what is complete in a partition, such as its directories by time, once all of its records that Kafka
     * appended before a time have arrived. Several processes may do so.
     *
     * @throws IOException if the server does not answer
     */
    default void complete(TopicPartition partition, Instant before) throws IOException {}

    /**
     * Returns whether {@link #complete} marks a topic whose timestamps are append times: {@code written}, or why not;
     * empty if this target has no marks.
     */
    default Optional<String> marks(String topic) {
        return Optional.empty();
    }

    /** Offsets, both included. */
    record Range(long first, long last) {}
}
