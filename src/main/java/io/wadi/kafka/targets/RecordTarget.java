package io.wadi.kafka.targets;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A target of the records of topics, such as files in HDFS. The feature of each target binds one bean. A record before
 * the group's committed offset has arrived: it is in the target, or is a dead letter, unless its offset is {@link
 * #expired}. Readers may see a dead letter slightly later than the committed offset. Methods connect on demand and are
 * thread-safe.
 */
public interface RecordTarget {
    /** Returns the name and state of a record that has arrived, such as {@code landed}. */
    String name();

    /** Returns the consumer group that reads a topic for this target; empty if none is configured. */
    Optional<String> group(String topic);

    /**
     * Returns the location of a record that has arrived, as fields for JSON; empty if the target does not contain it,
     * as with a dead letter.
     *
     * @throws IOException if the server does not respond
     */
    Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) throws IOException;

    /**
     * Returns the ranges of offsets that never arrive because Kafka deleted them first, in order.
     *
     * @throws IOException if the server does not respond
     */
    List<Range> expired(TopicPartition partition) throws IOException;

    /**
     * Makes all records of a topic that have arrived visible to searches.
     *
     * @throws IOException if the server does not respond
     */
    default void refresh(String topic) throws IOException {}

    /**
     * Marks the complete parts of a partition, such as its directories by time, once all records that Kafka appended to
     * it before a time have arrived. Several processes may call this.
     *
     * @throws IOException if the server does not respond
     */
    default void complete(TopicPartition partition, Instant before) throws IOException {}

    /**
     * Returns whether {@link #complete} marks a topic with timestamps that are append times: {@code written}, or the
     * reason why not; empty if this target has no marks.
     */
    default Optional<String> marks(String topic) {
        return Optional.empty();
    }

    /** A range of offsets, both inclusive. */
    record Range(long first, long last) {}
}
