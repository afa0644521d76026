package io.wadi.ingest.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * The response to {@code GET /topics/{topic}}.
 *
 * @param name the name of the topic
 * @param configs the configuration of the topic in Kafka, by Kafka's names
 * @param partitions the partitions, in the order of their numbers
 */
public record RestTopic(String name, Map<String, String> configs, List<Partition> partitions) {
    private static final int NO_LEADER = -1;

    /**
     * A partition.
     *
     * @param partition the number of the partition
     * @param leader the id of the leader; -1 if there is none
     * @param replicas the replicas
     */
    public record Partition(int partition, int leader, List<Replica> replicas) {}

    /**
     * A replica of a partition.
     *
     * @param broker the id of the broker
     * @param leader whether the replica is the leader
     * @param inSync whether the replica is in sync
     */
    public record Replica(
            int broker,
            boolean leader,
            @JsonProperty("in_sync") boolean inSync) {}

    /**
     * The offsets of a partition.
     *
     * @param beginning the log start offset
     * @param end the end offset, which the next record will have
     */
    public record Offsets(
            @JsonProperty("beginning_offset") long beginning,
            @JsonProperty("end_offset") long end) {}

    /**
     * Returns the response from Kafka's description of a topic. Sensitive settings, which have no value, are omitted.
     */
    public static RestTopic of(TopicDescription topic, Config settings) {
        Map<String, String> configs = new TreeMap<>();
        for (ConfigEntry entry : settings.entries()) {
            if (entry.value() != null) {
                configs.put(entry.name(), entry.value());
            }
        }
        return new RestTopic(
                topic.name(),
                configs,
                topic.partitions().stream().map(RestTopic::partition).toList());
    }

    private static Partition partition(TopicPartitionInfo info) {
        int leader = info.leader() == null ? NO_LEADER : info.leader().id();
        List<Integer> inSync = info.isr().stream().map(Node::id).toList();
        return new Partition(
                info.partition(),
                leader,
                info.replicas().stream()
                        .map(Node::id)
                        .map(broker -> new Replica(broker, broker == leader, inSync.contains(broker)))
                        .toList());
    }

    /**
     * Returns the partition in a path.
     *
     * @param segment the segment of the path with the number of the partition
     * @throws RestException 404 if the topic has no such partition
     */
    public Partition partitionOf(String segment) {
        return RestRecords.partition(segment)
                .flatMap(number -> partitions.stream()
                        .filter(each -> each.partition() == number)
                        .findFirst())
                .orElseThrow(() -> new RestException(RestError.noPartition(name)));
    }
}
