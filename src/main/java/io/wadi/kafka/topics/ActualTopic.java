package io.wadi.kafka.topics;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;

/**
 * The state of a topic in Kafka.
 *
 * @param replication the smallest number of replicas of a partition
 * @param config the effective settings, defaults included; empty without permission to read them
 * @param own the names of settings that override defaults
 */
record ActualTopic(int partitions, int replication, Optional<Map<String, String>> config, Set<String> own) {
    /** Returns the smallest number of replicas of a partition. */
    static int replication(TopicDescription topic) {
        return topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
    }
}
