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
 * A topic as {@code GET /topics/{topic}} describes it.
 *
 * @param name its name
 * @param configs its settings in Kafka's own names
 * @param partitions its partitions, by number from 0
 */
public record RestTopic(String name, Map<String, String> configs, List<Partition> partitions) {
    private static final int NO_LEADER = -1;

    /**
     * A partition.
     *
     * @param partition its number
     * @param leader the leading broker's id; -1 where there is none
     * @param replicas the brokers that hold it
     */
    public record Partition(int partition, int leader, List<Replica> replicas) {}

    /**
     * A partition on a broker.
     *
     * @param broker the broker's id
     * @param leader whether it leads
     * @param inSync whether it is in sync
     */
    public record Replica(
            int broker,
            boolean leader,
            @JsonProperty("in_sync") boolean inSync) {}

    /**
     * Which offsets a partition has.
     *
     * @param beginning the first one that is still there
     * @param end the one that the next record will have
     */
    public record Offsets(
            @JsonProperty("beginning_offset") long beginning,
            @JsonProperty("end_offset") long end) {}

    /** Kafka's description of a topic, without sensitive settings. */
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
     * The partition that a path names.
     *
     * @param segment the partition as it stands in the path
     * @throws RestException 404 where the topic has no such partition
     */
    public Partition partitionOf(String segment) {
        return RestRecords.partition(segment)
                .flatMap(number -> partitions.stream()
                        .filter(each -> each.partition() == number)
                        .findFirst())
                .orElseThrow(() -> new RestException(RestError.noPartition(name)));
    }
}
