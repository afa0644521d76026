package io.wadi.kafka.topics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.config.ConfigException;

/**
 * Has any producer of Kafka choose partitions as {@code topics.yaml} declares it: named by {@code partitioner.class}, with
 * the file in {@code wadi.topics-file}. Records without a key that are to be spread go to any partition that has a leader.
 * What must not be sent fails its send with {@link org.apache.kafka.common.InvalidRecordException}, which is not retried.
 * Thread-safe.
 */
public final class DeclaredPartitioner implements Partitioner {
    /** The producer's property that names the file. */
    static final String TOPICS_FILE = "wadi.topics-file";

    private Topics topics;

    /**
     * Reads the declarations.
     *
     * @throws ConfigException where the producer names no file
     * @throws io.wadi.runtime.config.SettingsException with all mistakes in it
     */
    @Override
    public void configure(Map<String, ?> producer) {
        Object file = producer.get(TOPICS_FILE);
        if (file == null) {
            throw new ConfigException("The producer has " + getClass().getName()
                    + " as its partitioner.class, which needs " + TOPICS_FILE);
        }
        topics = Topics.read(file.toString());
    }

    @Override
    public int partition(String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
        int partition = topics.find(topic)
                .map(Topic::partitioning)
                .orElse(Partitioning.KAFKAS)
                .partition(keyBytes, cluster.partitionCountForTopic(topic));
        return partition == Partitioning.SPREAD ? any(topic, cluster) : partition;
    }

    private static int any(String topic, Cluster cluster) {
        List<PartitionInfo> led = cluster.availablePartitionsForTopic(topic);
        List<PartitionInfo> from = led.isEmpty() ? cluster.partitionsForTopic(topic) : led;
        return from.get(ThreadLocalRandom.current().nextInt(from.size())).partition();
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
