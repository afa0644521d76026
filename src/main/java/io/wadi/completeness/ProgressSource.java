package io.wadi.completeness;

import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The source of samples of how far the records of topics have arrived at targets. Not thread-safe. */
interface ProgressSource extends AutoCloseable {
    /** Returns the names of all topics except internal ones. */
    Set<String> topics() throws InterruptedException;

    /** Drops the state of all other topics. */
    void retain(Set<String> topics);

    /**
     * Begins a round of samples: reads the committed offsets of groups and then, once for all of them, whether the dead
     * letters before these offsets are visible. The samples until the next call use the result. Those of a group
     * without a result, such as after a failure of Kafka, read both themselves.
     */
    void begin(Set<String> groups) throws InterruptedException;

    /**
     * Takes a sample.
     *
     * @return empty if there is no such topic
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     * @throws IOException if the target does not respond
     */
    Optional<TopicProgress> read(String topic, RecordTarget target, String group)
            throws InterruptedException, IOException;

    @Override
    void close();
}
