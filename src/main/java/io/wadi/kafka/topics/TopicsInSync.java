package io.wadi.kafka.topics;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.Causes;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A probe that checks whether topics exist, and whether each of their partitions has a leader and at least {@code
 * min.insync.replicas} replicas in sync. If a partition has fewer replicas than that, all of them must be in sync, as
 * Kafka requires.
 */
public final class TopicsInSync implements Prober.Probe {
    private static final int MAX_REPORTED = 5;

    private final Supplier<Set<String>> topics;
    private final ObjLongConsumer<Map<String, Uuid>> ids;
    private final AdminOnDemand admin;

    /**
     * Creates a probe without a client.
     *
     * @param settings the settings of the admin client that the first check creates
     * @param topics the topics of each check
     * @param ids receives the ids of the existing topics, and a time before they were read, by {@link System#nanoTime}
     */
    public TopicsInSync(
            Supplier<Properties> settings, Supplier<Set<String>> topics, ObjLongConsumer<Map<String, Uuid>> ids) {
        this.admin = new AdminOnDemand(settings);
        this.topics = topics;
        this.ids = ids;
    }

    @Override
    public CheckResult check() throws InterruptedException {
        Set<String> names = topics.get();
        try {
            List<String> faults = new ArrayList<>();
            long begun = System.nanoTime();
            List<TopicDescription> found = describe(names, faults);
            ids.accept(ids(found), begun);
            Map<String, Integer> minimums =
                    minimums(found.stream().filter(TopicsInSync::lacksReplicas).map(TopicDescription::name));
            int partitions = 0;
            for (TopicDescription topic : found) {
                partitions += topic.partitions().size();
                int minimum = minimums.getOrDefault(topic.name(), 1);
                topic.partitions().forEach(each -> check(topic.name(), each, minimum, faults));
            }
            return faults.isEmpty()
                    ? CheckResult.proof("%d topics with %d partitions have their leaders and replicas"
                            .formatted(names.size(), partitions))
                    : CheckResult.fault(summary(faults));
        } catch (KafkaException e) {
            return CheckResult.fault("describing topics failed: " + Causes.inShort(e));
        }
    }

    private List<TopicDescription> describe(Set<String> names, List<String> faults) throws InterruptedException {
        List<TopicDescription> found = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                admin.get().describeTopics(names).topicNameValues().entrySet()) {
            try {
                found.add(get(each.getValue()));
            } catch (UnknownTopicOrPartitionException e) {
                faults.add("topic %s does not exist: it was deleted or never created; ./wadi topics apply creates it"
                        .formatted(each.getKey()));
            } catch (AuthorizationException e) {
                faults.add("topic %s cannot be described (%s): Wadi's user needs the permission DESCRIBE"
                        .formatted(each.getKey(), Causes.inShort(e)));
            }
        }
        return found;
    }

    /** Returns the ids by topic. Topics that were created before Kafka 2.8 may have none. */
    private static Map<String, Uuid> ids(List<TopicDescription> topics) {
        return topics.stream()
                .filter(topic -> !topic.topicId().equals(Uuid.ZERO_UUID))
                .collect(Collectors.toMap(TopicDescription::name, TopicDescription::topicId));
    }

    /** Returns whether a replica is out of sync. Only then is the topic's minimum needed. */
    private static boolean lacksReplicas(TopicDescription topic) {
        return topic.partitions().stream()
                .anyMatch(each -> each.isr().size() < each.replicas().size());
    }

    private static void check(String topic, TopicPartitionInfo partition, int minimum, List<String> faults) {
        int required = Math.min(minimum, partition.replicas().size());
        String name = topic + "-" + partition.partition();
        if (partition.leader() == null || partition.leader().isEmpty()) {
            faults.add(name + " has no leader: it can be neither written nor read");
        } else if (partition.isr().size() < required) {
            faults.add(
                    "%s has %d of %d replicas in sync, fewer than the %d that min.insync.replicas=%d requires: it rejects records"
                            .formatted(
                                    name,
                                    partition.isr().size(),
                                    partition.replicas().size(),
                                    required,
                                    minimum));
        }
    }

    /** Joins the first faults, and counts the others. */
    static String summary(List<String> faults) {
        String reported = faults.stream().limit(MAX_REPORTED).collect(Collectors.joining("; "));
        return faults.size() <= MAX_REPORTED
                ? reported
                : reported + "; and %d more".formatted(faults.size() - MAX_REPORTED);
    }

    /**
     * Returns {@code min.insync.replicas} by topic, without topics that do not exist or have unreadable settings.
     */
    private Map<String, Integer> minimums(Stream<String> names) throws InterruptedException {
        List<ConfigResource> resources = names.map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Integer> minimums = new HashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> each :
                admin.get().describeConfigs(resources).values().entrySet()) {
            try {
                String value = get(each.getValue())
                        .get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                        .value();
                minimums.put(each.getKey().name(), Integer.valueOf(value));
            } catch (AuthorizationException | UnknownTopicOrPartitionException e) {
                // The topic is omitted.
            }
        }
        return minimums;
    }

    @Override
    public void close() {
        admin.close();
    }
}
