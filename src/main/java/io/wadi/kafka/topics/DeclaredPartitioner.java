package io.wadi.kafka.topics;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.config.ConfigException;

/**
 * A partitioner for any Kafka producer that follows {@code topics.yaml}: set {@code partitioner.class} to it and
 * {@code wadi.topicsFile} to the file. Records that may go to any partition go to one that has a leader. Sending a
 * record that the declaration rejects fails with {@link org.apache.kafka.common.InvalidRecordException}, which is not
 * retried. Thread-safe.
 */
public final class DeclaredPartitioner implements Partitioner {
    /** It has no hyphen because YAML routes convert {@code a-b} to {@code aB}. */
    static final String TOPICS_FILE = "wadi.topicsFile";

    private final RoundRobinPartitioner roundRobin = new RoundRobinPartitioner();
    private Topics topics;

    /**
     * Reads the declarations.
     *
     * @throws ConfigException if the producer's configuration has no {@code wadi.topicsFile}
     * @throws io.wadi.runtime.config.SettingsException with all mistakes in the file
     */
    @Override
    public void configure(Map<String, ?> producer) {
        Object file = producer.get(TOPICS_FILE);
        if (file == null) {
            throw new ConfigException("partitioner.class is " + getClass().getName() + ", which requires " + TOPICS_FILE
                    + ": expected the path of topics.yaml");
        }
        topics = Topics.read(file.toString());
    }

    @Override
    public int partition(String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
        Optional<Topic> declared = topics.find(topic);
        if (declared.isPresent() && declared.get().isRoundRobin()) {
            return roundRobin.partition(topic, key, keyBytes, value, valueBytes, cluster);
        }
        int partition = declared.map(Topic::partitioning)
                .orElse(Partitioning.DEFAULT)
                .partition(keyBytes, cluster.partitionCountForTopic(topic));
        return partition == Partitioning.SPREAD ? any(topic, cluster) : partition;
    }

    private static int any(String topic, Cluster cluster) {
        List<PartitionInfo> led = cluster.availablePartitionsForTopic(topic);
        List<PartitionInfo> from = led.isEmpty() ? cluster.partitionsForTopic(topic) : led;
        return from.get(ThreadLocalRandom.current().nextInt(from.size())).partition();
    }

    @Override
    public void close() {}
}
