package io.wadi.kafka.topics;

import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;

/** Asks Kafka which topic a name stands for now. Nothing is kept, since that may change at any time. Thread-safe. */
public final class TopicIdentities implements AutoCloseable {
    private final Supplier<Properties> client;
    private Admin admin;

    /** Takes the settings of an admin client, which is made with the first question. */
    public TopicIdentities(Supplier<Properties> client) {
        this.client = client;
    }

    /**
     * Asks.
     *
     * @return empty where the cluster's topics have no ids: they came with Kafka 2.8
     * @throws KafkaException where Kafka does not answer within the client's time, or has no such topic
     */
    public Optional<TopicIdentity> of(String topic) {
        Admin asked = admin();
        KafkaFuture<String> cluster = asked.describeCluster().clusterId();
        KafkaFuture<TopicDescription> found =
                asked.describeTopics(List.of(topic)).topicNameValues().get(topic);
        Uuid id = answer(found).topicId();
        return id == null || id.equals(Uuid.ZERO_UUID)
                ? Optional.empty()
                : Optional.of(new TopicIdentity(id.toString(), answer(cluster)));
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        }
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(client.get());
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close();
            admin = null;
        }
    }
}
