package io.wadi.kafka.topics;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A topic as Kafka has it.
 *
 * @param partitions how many it has
 * @param replication how many brokers hold the partition that the fewest hold
 * @param config the settings that hold for it, Kafka's defaults included; nothing where they may not be read
 * @param own the names of the settings that are the topic's own, not defaults
 */
record ActualTopic(int partitions, int replication, Optional<Map<String, String>> config, Set<String> own) {}
