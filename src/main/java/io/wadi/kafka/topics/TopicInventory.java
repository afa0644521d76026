package io.wadi.kafka.topics;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/**
 * A client that lists, describes and deletes topics in Kafka, declared or not. All methods except {@link #delete} throw
 * {@link KafkaException} if Kafka does not respond.
 */
public final class TopicInventory {
    private final Admin admin;
    private final Topics declared;

    /**
     * Creates an instance.
     *
     * @param admin the client, which the caller closes
     * @param declared the declarations
     */
    public TopicInventory(Admin admin, Topics declared) {
        this.admin = admin;
        this.declared = declared;
    }

    /**
     * An entry of the list.
     *
     * @param replication the smallest number of replicas of a partition
     * @param offsets the sum of end minus begin offsets over partitions that have a leader: the number of records, or
     *     more if compaction or transactions have left gaps
     */
    public record Summary(String topic, int partitions, int replication, long offsets, boolean declared) {}

    /**
     * A partition.
     *
     * @param leader the id of the leader; null if there is none
     * @param begin the log start offset; null without leader
     * @param end the log end offset; null without leader
     */
    public record PartitionDetails(
            int partition, Integer leader, List<Integer> replicas, List<Integer> inSync, Long begin, Long end) {}

    /**
     * A topic in detail.
     *
     * @param settings those that override defaults; null if reading them is not permitted
     */
    public record Details(
            String topic, boolean declared, List<PartitionDetails> partitions, Map<String, String> settings) {}

    /** Lists all topics except internal ones, by name. */
    public List<Summary> list() throws InterruptedException {
        return summaries(names());
    }

    /**
     * Lists some topics, by name.
     *
     * @throws IllegalArgumentException if one does not exist, or is internal
     */
    public List<Summary> list(Collection<String> topics) throws InterruptedException {
        requireAll(topics);
        return summaries(topics);
    }

    /**
     * Deletes a topic.
     *
     * @throws IllegalArgumentException if Kafka rejects the request or does not respond
     */
    public void delete(String topic) throws InterruptedException {
        try {
            get(admin.deleteTopics(List.of(topic)).all());
        } catch (KafkaException e) {
            throw new IllegalArgumentException("Could not delete topic \"%s\": %s".formatted(topic, e), e);
        }
    }

    private Set<String> names() throws InterruptedException {
        return get(admin.listTopics().names());
    }

    private void requireAll(Collection<String> topics) throws InterruptedException {
        Set<String> existing = names();
        for (String each : topics) {
            if (!existing.contains(each)) {
                throw new IllegalArgumentException("There is no topic \"" + each + "\".");
            }
        }
    }

    private List<Summary> summaries(Collection<String> topics) throws InterruptedException {
        // Without topics that were deleted since they were listed.
        Collection<TopicDescription> found =
                AdminRequests.describe(admin, topics).values();
        Map<TopicPartition, Long> begins = offsets(found, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(found, OffsetSpec.latest());
        List<Summary> listed = new ArrayList<>();
        for (TopicDescription each : found) {
            long offsets = AdminRequests.partitions(List.of(each)).stream()
                    .filter(partition -> begins.containsKey(partition) && ends.containsKey(partition))
                    .mapToLong(partition -> ends.get(partition) - begins.get(partition))
                    .sum();
            listed.add(new Summary(
                    each.name(),
                    each.partitions().size(),
                    ActualTopic.replication(each),
                    offsets,
                    declared.find(each.name()).isPresent()));
        }
        listed.sort(Comparator.comparing(Summary::topic));
        return listed;
    }

    /**
     * Describes a topic.
     *
     * @throws IllegalArgumentException if it does not exist
     */
    public Details describe(String name) throws InterruptedException {
        requireAll(List.of(name));
        TopicDescription found = Optional.ofNullable(
                        AdminRequests.describe(admin, List.of(name)).get(name))
                .orElseThrow(() -> new IllegalArgumentException("There is no topic \"" + name + "\"."));
        Map<TopicPartition, Long> begins = offsets(List.of(found), OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(List.of(found), OffsetSpec.latest());
        List<PartitionDetails> partitions = new ArrayList<>();
        for (TopicPartitionInfo each : found.partitions()) {
            TopicPartition partition = new TopicPartition(name, each.partition());
            Node leader = each.leader();
            partitions.add(new PartitionDetails(
                    each.partition(),
                    leader == null || leader.isEmpty() ? null : (Integer) leader.id(),
                    ids(each.replicas()),
                    ids(each.isr()),
                    begins.get(partition),
                    ends.get(partition)));
        }
        return new Details(
                name,
                declared.find(name).isPresent(),
                partitions,
                settings(name).orElse(null));
    }

    private Optional<Map<String, String>> settings(String name) throws InterruptedException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        return AdminRequests.getIfPermitted(
                        admin.describeConfigs(List.of(topic)).values().get(topic))
                .map(TopicInventory::overrides);
    }

    private static Map<String, String> overrides(Config config) {
        Map<String, String> settings = new TreeMap<>();
        for (ConfigEntry each : config.entries()) {
            if (each.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                settings.put(each.name(), each.value());
            }
        }
        return settings;
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicDescription> topics, OffsetSpec spec)
            throws InterruptedException {
        return AdminRequests.knownOffsets(admin, AdminRequests.partitions(topics), spec);
    }
}
