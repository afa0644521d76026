package io.wadi.streams.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.streams.StreamsReset;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The layouts of applications' state, stored in Kafka beside this state. Each application has a topic of its own, which
 * is named like a changelog topic, so that resets delete it. Its records are layouts: the first one is valid, and after
 * it each one that can continue with the state of the valid one before it. So all processes find the same valid layout,
 * even if several with different files start at the same time. Thread-safe.
 */
public final class StateHistory {
    /** A name that neither a place of a flow nor a store of a processor can have, because of the dot. */
    private static final String STORE = "state.layout";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Properties> readerSettings;
    private final Function<Duration, Producer<Object, Object>> producers;

    /**
     * Creates an instance without connecting to Kafka.
     *
     * @param readerSettings supplies the properties of a consumer without a group
     * @param producers creates a producer with a delivery timeout
     */
    public StateHistory(Supplier<Properties> readerSettings, Function<Duration, Producer<Object, Object>> producers) {
        this.readerSettings = readerSettings;
        this.producers = producers;
    }

    /**
     * Compares the layout of a topology that is about to start with that of the existing state, and stores it if it
     * differs but can continue with this state. Without a stored layout, it is that of the existing state, if any.
     *
     * @return the reasons, by name, why the topology must not start; empty if it may
     * @throws KafkaException if Kafka does not respond
     */
    Map<String, String> continueWith(String application, StateLayout layout, Admin admin) throws InterruptedException {
        String topic = topic(application);
        Optional<StateLayout> existing = valid(stored(topic, admin));
        if (existing.isEmpty() && layout.topics().isEmpty()) {
            return Map.of();
        }
        Map<String, String> differences = existing.map(layout::differencesFrom).orElse(Map.of());
        if (!differences.isEmpty() || existing.equals(Optional.of(layout))) {
            return differences;
        }
        if (existing.isEmpty()) {
            create(topic, admin);
        }
        append(topic, layout);
        // Another process may have stored another layout first.
        return valid(read(topic)).map(layout::differencesFrom).orElse(Map.of());
    }

    /** Returns the internal topics of all versions of an application, whether or not they still exist. */
    Set<String> topics(String application, Admin admin) throws InterruptedException {
        Set<String> topics = new TreeSet<>();
        String topic = topic(application);
        topics.add(topic);
        stored(topic, admin).forEach(each -> topics.addAll(each.topics()));
        return topics;
    }

    private static String topic(String application) {
        return StreamsReset.changelog(application, STORE);
    }

    private static Optional<StateLayout> valid(List<StateLayout> stored) {
        StateLayout valid = null;
        for (StateLayout each : stored) {
            if (valid == null || each.differencesFrom(valid).isEmpty()) {
                valid = each;
            }
        }
        return Optional.ofNullable(valid);
    }

    private List<StateLayout> stored(String topic, Admin admin) throws InterruptedException {
        return AdminRequests.partitionCounts(admin, List.of(topic)).isEmpty() ? List.of() : read(topic);
    }

    private List<StateLayout> read(String topic) {
        List<StateLayout> stored = new ArrayList<>();
        try (TopicReader reader = TopicReader.complete(readerSettings.get())) {
            reader.records(topic).forEachRemaining(each -> stored.add(layout(topic, each.offset(), each.value())));
        }
        return stored;
    }

    private static StateLayout layout(String topic, long offset, byte[] json) {
        try {
            return JSON.readValue(json, StateLayout.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new KafkaException(
                    "Offset %d of %s is not the layout of an application's state".formatted(offset, topic), e);
        }
    }

    private static void create(String topic, Admin admin) throws InterruptedException {
        try {
            AdminRequests.get(admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())
                            .configs(Map.of(
                                    TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                                    TopicConfig.RETENTION_MS_CONFIG, "-1",
                                    TopicConfig.RETENTION_BYTES_CONFIG, "-1"))))
                    .all());
        } catch (TopicExistsException e) {
            // Another process has created it concurrently.
        } catch (AuthorizationException e) {
            throw new TopicAuthorizationException("Creating topic %s failed: %s".formatted(topic, e.getMessage()));
        }
    }

    private void append(String topic, StateLayout layout) throws InterruptedException {
        try (Producer<Object, Object> producer = producers.apply(TIMEOUT)) {
            producer.send(new ProducerRecord<>(topic, JSON.writeValueAsBytes(layout)))
                    .get();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("Writing to %s failed".formatted(topic), e.getCause());
        }
    }
}
