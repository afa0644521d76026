package io.wadi.kafka.targets;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** A lookup of the states of records in all targets. One feature binds it. Implementations are thread-safe. */
@FunctionalInterface
public interface RecordStates {
    /**
     * Returns the state of a record as fields for JSON, the same as for its receipt; empty if the record never existed.
     * Blocks until Kafka and the targets have responded.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    Optional<Map<String, Object>> find(TopicPartition partition, long offset) throws InterruptedException;
}
