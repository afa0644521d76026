package io.wadi.streams.topology;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.TimestampLimits;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access to the limits of topics for records, including an application's repartition and changelog topics. */
final class InternalTopics {
    private static final Logger LOG = LoggerFactory.getLogger(InternalTopics.class);

    private InternalTopics() {}

    /** Returns the records that topics accept, for those that exist. */
    static Map<String, TopicLimits.Accepted> accepted(Set<String> topics, Admin admin) throws InterruptedException {
        return configurations(topics, admin).entrySet().stream()
                .collect(Collectors.toMap(
                        topic -> topic.getKey().name(),
                        topic -> new TopicLimits.Accepted(
                                Integer.parseInt(value(topic.getValue(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG)),
                                TimestampLimits.of(
                                        value(topic.getValue(), TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG),
                                        value(topic.getValue(), TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
                                        value(topic.getValue(), TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG)),
                                value(topic.getValue(), TopicConfig.CLEANUP_POLICY_CONFIG)
                                        .contains(TopicConfig.CLEANUP_POLICY_COMPACT))));
    }

    private static Map<ConfigResource, Config> configurations(Set<String> topics, Admin admin)
            throws InterruptedException {
        return get(admin.describeConfigs(topics.stream()
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList())
                .all());
    }

    private static String value(Config config, String name) {
        return config.get(name).value();
    }

    /**
     * Returns the configuration of internal topics, which accept all timestamps: the records of the input topics were
     * accepted before.
     *
     * @param maxBytes the maximum size of a record
     */
    static Map<String, Long> configuration(int maxBytes) {
        return Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, (long) maxBytes,
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.MAX_VALUE,
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.MAX_VALUE);
    }

    /**
     * Raises the limits of the application's internal topics that are smaller than in {@link #configuration}, such as
     * those of a previous version: a record that Kafka rejects there would stop the flow. If this is not permitted, a
     * warning is logged.
     *
     * @throws KafkaException if Kafka does not respond
     */
    static void raiseLimits(String application, Set<String> internalTopics, int maxBytes, Admin admin)
            throws InterruptedException {
        Set<String> topics = new HashSet<>(internalTopics);
        topics.retainAll(get(admin.listTopics().names()));
        try {
            Map<ConfigResource, Collection<AlterConfigOp>> raised = new HashMap<>();
            configurations(topics, admin).forEach((topic, config) -> {
                List<AlterConfigOp> smaller = configuration(maxBytes).entrySet().stream()
                        .filter(limit -> Long.parseLong(value(config, limit.getKey())) < limit.getValue())
                        .map(limit -> new AlterConfigOp(
                                new ConfigEntry(limit.getKey(), limit.getValue().toString()), AlterConfigOp.OpType.SET))
                        .toList();
                if (!smaller.isEmpty()) {
                    raised.put(topic, smaller);
                }
            });
            if (raised.isEmpty()) {
                return;
            }
            get(admin.incrementalAlterConfigs(raised).all());
            LOG.info(
                    "Application {}: raised the limits of {} for record sizes and timestamps",
                    application,
                    raised.keySet().stream().map(ConfigResource::name).toList());
        } catch (RetriableException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn(
                    "Application {}: cannot raise the limits of its internal topics to max.message.bytes={} and to any"
                            + " timestamp; a record beyond their limits will stop the topology: {}",
                    application,
                    maxBytes,
                    e.getMessage());
        }
    }
}
