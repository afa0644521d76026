package io.wadi.kafka.topics;

import static io.wadi.kafka.AdminRequests.getUnchecked;

import io.wadi.kafka.AdminOnDemand;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;

/**
 * A lookup of topic ids in Kafka. Nothing is cached, since a topic can be deleted and recreated at any time.
 * Thread-safe.
 */
public final class TopicIdentities implements AutoCloseable {
    private final AdminOnDemand admin;

    /**
     * Creates an instance without a client.
     *
     * @param client the settings of the admin client that the first lookup creates
     */
    public TopicIdentities(Supplier<Properties> client) {
        this.admin = new AdminOnDemand(client);
    }

    /**
     * Looks up the identity of a topic by its name.
     *
     * @return empty if the cluster's topics have no ids (before Kafka 2.8)
     * @throws KafkaException if Kafka does not respond within the client's timeout, or has no such topic
     */
    public Optional<TopicIdentity> of(String topic) {
        Admin client = admin.get();
        KafkaFuture<String> cluster = client.describeCluster().clusterId();
        KafkaFuture<TopicDescription> found =
                client.describeTopics(List.of(topic)).topicNameValues().get(topic);
        Uuid id = getUnchecked(found).topicId();
        return id == null || id.equals(Uuid.ZERO_UUID)
                ? Optional.empty()
                : Optional.of(new TopicIdentity(id.toString(), getUnchecked(cluster)));
    }

    @Override
    public void close() {
        admin.close();
    }
}
