package io.wadi.streams.topology;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.streams.StreamsReset;
import java.util.HashMap;
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
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access to the maximum record sizes of topics, including an application's repartition and changelog topics. */
final class InternalTopics {
    private static final Logger LOG = LoggerFactory.getLogger(InternalTopics.class);

    private InternalTopics() {}

    /** Returns the {@code max.message.bytes} of topics that exist. */
    static Map<String, Integer> maxMessageBytes(Set<String> topics, Admin admin) throws InterruptedException {
        Map<ConfigResource, Config> configs = get(admin.describeConfigs(
                        topics.stream().map(InternalTopics::resource).toList())
                .all());
        Map<String, Integer> bytes = new HashMap<>();
        configs.forEach((topic, config) -> bytes.put(
                topic.name(),
                Integer.valueOf(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value())));
        return bytes;
    }

    /**
     * Raises the {@code max.message.bytes} of the application's internal topics that have a smaller limit, such as
     * those of a previous version: a record that Kafka rejects there would stop the flow. If this is not permitted, a
     * warning is logged.
     *
     * @throws KafkaException if Kafka does not respond
     */
    static void raiseMaxMessageBytes(String application, Topology topology, int bytes, Admin admin)
            throws InterruptedException {
        Set<String> topics = StreamsReset.internalTopics(application, topology);
        topics.retainAll(get(admin.listTopics().names()));
        try {
            Set<String> smaller = maxMessageBytes(topics, admin).entrySet().stream()
                    .filter(topic -> topic.getValue() < bytes)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            if (smaller.isEmpty()) {
                return;
            }
            AlterConfigOp raise = new AlterConfigOp(
                    new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(bytes)),
                    AlterConfigOp.OpType.SET);
            get(admin.incrementalAlterConfigs(smaller.stream()
                            .collect(Collectors.toMap(InternalTopics::resource, topic -> List.of(raise))))
                    .all());
            LOG.info("Application {}: raised max.message.bytes of {} to {}", application, smaller, bytes);
        } catch (RetriableException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn(
                    "Application {}: cannot raise max.message.bytes of its internal topics to {}; a record that is"
                            + " larger than theirs will stop the topology: {}",
                    application,
                    bytes,
                    e.getMessage());
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
