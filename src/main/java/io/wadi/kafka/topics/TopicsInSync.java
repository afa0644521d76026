package io.wadi.kafka.topics;

import io.wadi.kafka.Causes;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether topics exist, and whether each of their partitions has a leader and as many replicas in sync as it has to have. */
public final class TopicsInSync implements Prober.Probe {
    private static final int NAMED = 5;

    private final Supplier<Properties> settings;
    private final Supplier<Set<String>> topics;
    private final Duration within;
    private Admin admin;

    /** Takes an admin client's settings, which topics are looked at each time, and how long Kafka may take for an answer. */
    public TopicsInSync(Supplier<Properties> settings, Supplier<Set<String>> topics, Duration within) {
        this.settings = settings;
        this.topics = topics;
        this.within = within;
    }

    @Override
    public CheckResult look() throws InterruptedException {
        Set<String> names = topics.get();
        try {
            List<String> faults = new ArrayList<>();
            Map<String, Integer> minimums = minimums(names);
            int partitions = 0;
            for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                    admin().describeTopics(names).topicNameValues().entrySet()) {
                partitions += look(each.getKey(), each.getValue(), minimums, faults);
            }
            return faults.isEmpty()
                    ? CheckResult.proof("%d topics with %d partitions have their leaders and replicas"
                            .formatted(names.size(), partitions))
                    : CheckResult.fault(some(faults));
        } catch (ExecutionException | KafkaException e) {
            return CheckResult.fault("topics could not be described: " + Causes.inShort(e));
        }
    }

    private int look(
            String topic, KafkaFuture<TopicDescription> asked, Map<String, Integer> minimums, List<String> faults)
            throws InterruptedException, ExecutionException {
        try {
            List<TopicPartitionInfo> partitions = asked.get().partitions();
            partitions.forEach(each -> look(topic, each, minimums.getOrDefault(topic, 1), faults));
            return partitions.size();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            faults.add("topic %s does not exist: it was deleted, or is not made yet; ./wadi topics apply makes it"
                    .formatted(topic));
            return 0;
        }
    }

    private static void look(String topic, TopicPartitionInfo partition, int minimum, List<String> faults) {
        String name = topic + "-" + partition.partition();
        if (partition.leader() == null || partition.leader().isEmpty()) {
            faults.add(name + " has no leader: it can be neither written nor read");
        } else if (partition.isr().size() < minimum) {
            faults.add("%s has %d of %d replicas in sync, and takes records with min.insync.replicas=%d only"
                    .formatted(
                            name, partition.isr().size(), partition.replicas().size(), minimum));
        }
    }

    private static String some(List<String> faults) {
        String named = faults.stream().limit(NAMED).collect(Collectors.joining("; "));
        return faults.size() <= NAMED ? named : named + "; and %d more".formatted(faults.size() - NAMED);
    }

    /** By topic; without those that do not exist or may not be looked at. */
    private Map<String, Integer> minimums(Collection<String> names) throws InterruptedException, ExecutionException {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Integer> minimums = new HashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> each :
                admin().describeConfigs(resources).values().entrySet()) {
            try {
                String value = each.getValue()
                        .get()
                        .get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                        .value();
                minimums.put(each.getKey().name(), Integer.valueOf(value));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)
                        && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return minimums;
    }

    private Admin admin() {
        if (admin == null) {
            Properties properties = settings.get();
            String ms = Long.toString(within.toMillis());
            properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ms);
            properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ms);
            admin = Admin.create(properties);
        }
        return admin;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
