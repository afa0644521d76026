package io.wadi.management.page;

import static io.wadi.kafka.AdminRequests.getUnchecked;

import io.wadi.kafka.AdminRequests;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A view of the brokers of the cluster, and of the partitions and settings of a topic, at the time of a request. Each
 * request uses a separate admin client, within the limits of {@link ReadRequests}. Thread-safe.
 */
record ClusterView(Supplier<Properties> client, ReadRequests requests) {
    /** The maximum number of topics with counted partitions. */
    private static final int MAX_TOPICS = 2_000;

    /**
     * A cluster.
     *
     * @param controller the id of the broker that is the controller; null while there is none
     * @param topics the number of topics, including internal topics
     * @param counted the number of topics that the numbers of the brokers include
     */
    record Cluster(String id, Integer controller, int topics, int counted, List<Broker> brokers) {}

    /**
     * A broker.
     *
     * @param rack the broker's rack; null if none is configured
     * @param leaders the number of partitions that the broker leads
     * @param replicas the number of replicas on the broker
     * @param outOfSync the number of replicas on the broker that are not in sync
     * @param settings the settings that differ from Kafka's defaults; null if they cannot be read
     */
    record Broker(
            int id, String address, String rack, long leaders, long replicas, long outOfSync, List<Entry> settings) {}

    /**
     * A topic.
     *
     * @param settings the settings that differ from Kafka's defaults; null if Wadi is not authorized to read them
     */
    record Topic(String topic, List<Partition> partitions, List<Entry> settings) {}

    /**
     * A partition.
     *
     * @param leader the id of the leader; null without a leader
     */
    record Partition(int partition, Integer leader, List<Integer> replicas, List<Integer> inSync) {}

    /**
     * A setting of a topic or broker. The source is such as {@code DYNAMIC_TOPIC_CONFIG}; the value of a sensitive
     * setting is null.
     */
    record Entry(String name, String value, String source) {}

    Cluster cluster() throws PageResponses.BusyException {
        return requests.read(() -> {
            try (Admin admin = Admin.create(client.get())) {
                DescribeClusterResult cluster = admin.describeCluster();
                List<String> topics =
                        getUnchecked(admin.listTopics(new ListTopicsOptions().listInternal(true))
                                        .names())
                                .stream()
                                .sorted()
                                .toList();
                List<String> counted = topics.subList(0, Math.min(MAX_TOPICS, topics.size()));
                List<TopicPartitionInfo> partitions = partitions(admin, counted);
                Collection<Node> nodes = getUnchecked(cluster.nodes());
                Map<ConfigResource, KafkaFuture<Config>> settings = admin.describeConfigs(
                                nodes.stream().map(ClusterView::resource).toList())
                        .values();
                List<Broker> brokers = nodes.stream()
                        .sorted(Comparator.comparingInt(Node::id))
                        .map(node -> broker(node, partitions, settings.get(resource(node))))
                        .toList();
                Node controller = getUnchecked(cluster.controller());
                return new Cluster(
                        getUnchecked(cluster.clusterId()),
                        controller == null ? null : controller.id(),
                        topics.size(),
                        counted.size(),
                        brokers);
            }
        });
    }

    /** Returns the partitions of these topics, without topics that were deleted since they were listed. */
    private static List<TopicPartitionInfo> partitions(Admin admin, List<String> topics) {
        try {
            return AdminRequests.describe(admin, topics).values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .toList();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static ConfigResource resource(Node node) {
        return new ConfigResource(ConfigResource.Type.BROKER, node.idString());
    }

    private static Broker broker(Node node, List<TopicPartitionInfo> partitions, KafkaFuture<Config> settings) {
        List<TopicPartitionInfo> own =
                partitions.stream().filter(each -> has(each.replicas(), node)).toList();
        return new Broker(
                node.id(),
                node.host() + ":" + node.port(),
                node.rack(),
                own.stream()
                        .filter(each -> each.leader() != null && each.leader().id() == node.id())
                        .count(),
                own.size(),
                own.stream().filter(each -> !has(each.isr(), node)).count(),
                brokerEntries(settings).orElse(null));
    }

    private static boolean has(Collection<Node> nodes, Node node) {
        return nodes.stream().anyMatch(each -> each.id() == node.id());
    }

    /**
     * Returns a topic.
     *
     * @throws PageResponses.NotFoundException if the topic does not exist
     */
    Topic topic(String name) throws PageResponses.BusyException, PageResponses.NotFoundException {
        try {
            return requests.read(() -> {
                try (Admin admin = Admin.create(client.get())) {
                    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
                    KafkaFuture<Config> settings =
                            admin.describeConfigs(List.of(resource)).values().get(resource);
                    TopicDescription topic = getUnchecked(admin.describeTopics(List.of(name))
                            .topicNameValues()
                            .get(name));
                    return new Topic(
                            name,
                            topic.partitions().stream()
                                    .map(ClusterView::partition)
                                    .toList(),
                            topicEntries(settings).orElse(null));
                }
            });
        } catch (UnknownTopicOrPartitionException e) {
            throw new PageResponses.NotFoundException("topic " + name + " does not exist");
        }
    }

    private static Partition partition(TopicPartitionInfo each) {
        return new Partition(
                each.partition(),
                each.leader() == null ? null : each.leader().id(),
                ids(each.replicas()),
                ids(each.isr()));
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    /** Empty if the broker does not respond, or Wadi is not authorized: the other columns are known anyway. */
    private static Optional<List<Entry>> brokerEntries(KafkaFuture<Config> settings) {
        try {
            return Optional.of(changed(getUnchecked(settings)));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    /** Empty if Wadi is not authorized: the partitions are known anyway. */
    static Optional<List<Entry>> topicEntries(KafkaFuture<Config> settings) {
        try {
            return Optional.of(changed(getUnchecked(settings)));
        } catch (AuthorizationException e) {
            return Optional.empty();
        }
    }

    private static List<Entry> changed(Config settings) {
        return settings.entries().stream()
                .filter(each -> each.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG)
                .map(each -> new Entry(each.name(), each.value(), each.source().name()))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }
}
