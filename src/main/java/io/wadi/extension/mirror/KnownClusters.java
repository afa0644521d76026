package io.wadi.extension.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The ids of a target's source clusters by alias, stored in a compacted topic of the target that MirrorMaker never
 * copies. A changed id shows that an alias refers to another cluster than before, for which MirrorMaker would use the
 * offsets of the former one.
 */
final class KnownClusters {
    /** The topic; its suffix makes it internal to MirrorMaker. */
    static final String TOPIC = "mm2-wadi-clusters.internal";

    private final Map<String, String> ids = new HashMap<>();

    /**
     * Compares a cluster's id with the stored one, or stores it if there is none.
     *
     * @return the stored id if it differs
     */
    Optional<String> formerId(ClusterClients target, String alias, String id) throws InterruptedException {
        if (!ids.containsKey(alias)) {
            target.read(
                    TOPIC,
                    each -> ids.compute(
                            new String(each.key(), UTF_8),
                            (name, former) -> each.value() == null ? null : new String(each.value(), UTF_8)));
        }
        if (!ids.containsKey(alias)) {
            store(target, alias, id);
        }
        return Optional.of(ids.get(alias)).filter(before -> !before.equals(id));
    }

    private void store(ClusterClients target, String alias, String id) throws InterruptedException {
        try {
            target.admin()
                    .createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())
                            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failed("Creating " + TOPIC, target, e);
            }
        }
        Properties settings = new Properties();
        settings.putAll(target.settings());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, alias, id)).get();
        } catch (ExecutionException e) {
            throw failed("Writing the id of " + alias + " to " + TOPIC, target, e);
        }
        ids.put(alias, id);
    }

    private static KafkaException failed(String request, ClusterClients target, ExecutionException e) {
        return new KafkaException(
                "%s in %s failed: %s".formatted(request, target.where(), Causes.inShort(e)), e.getCause());
    }
}
