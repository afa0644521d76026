package io.wadi.kafka.topics;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Asks Kafka what topics are like, for whoever must not wait: nothing here blocks. An answer holds for a second, and all who
 * ask meanwhile are one question to Kafka. Thread-safe.
 */
public final class TopicMonitor implements AutoCloseable {
    private static final Duration HOLDS = Duration.ofSeconds(1);

    private final Supplier<Properties> client;
    private final AsyncLoadingCache<String, Found> topics =
            Caffeine.newBuilder().expireAfterWrite(HOLDS).buildAsync((topic, executor) -> askForTopic(topic));
    private final AsyncLoadingCache<TopicPartition, Offsets> offsets =
            Caffeine.newBuilder().expireAfterWrite(HOLDS).buildAsync((partition, executor) -> askForOffsets(partition));
    private CompletableFuture<Admin> admin;

    /** Takes the settings of an admin client, which is made when something is asked for. */
    public TopicMonitor(Supplier<Properties> client) {
        this.client = client;
    }

    /**
     * A topic.
     *
     * @param topic its partitions
     * @param settings its settings; none where Wadi may not read them
     */
    public record Found(TopicDescription topic, Config settings) {}

    /**
     * The offsets of a partition.
     *
     * @param beginning the first one that is still there
     * @param end the one that the next record will have
     */
    public record Offsets(long beginning, long end) {}

    /**
     * What a topic is like. Only for declared topics: each that was asked for takes room for a second.
     *
     * @return fails with what Kafka has against it, or a {@link org.apache.kafka.common.errors.TimeoutException}; it is the same
     *     one for all who ask, so it must not be cancelled
     */
    public CompletableFuture<Found> topic(String name) {
        return topics.get(name);
    }

    /** Which offsets a partition has; only for partitions that exist. It fails as {@link #topic} does. */
    public CompletableFuture<Offsets> offsets(TopicPartition partition) {
        return offsets.get(partition);
    }

    private CompletableFuture<Found> askForTopic(String name) {
        return admin().thenCompose(asked -> {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
            CompletableFuture<Config> settings =
                    stage(asked.describeConfigs(List.of(resource)).values().get(resource));
            return stage(asked.describeTopics(List.of(name)).topicNameValues().get(name))
                    .thenCombine(settings.exceptionally(TopicMonitor::unreadable), Found::new);
        });
    }

    /** Who may write to topics need not have the right to read their settings. */
    private static Config unreadable(Throwable error) {
        if (Causes.unwrap(error) instanceof AuthorizationException) {
            return new Config(List.of());
        }
        throw new CompletionException(Causes.unwrap(error));
    }

    private CompletableFuture<Offsets> askForOffsets(TopicPartition partition) {
        return admin().thenCompose(asked -> offset(asked, partition, OffsetSpec.earliest())
                .thenCombine(offset(asked, partition, OffsetSpec.latest()), Offsets::new));
    }

    private static CompletableFuture<Long> offset(Admin asked, TopicPartition partition, OffsetSpec which) {
        return stage(asked.listOffsets(Map.of(partition, which)).partitionResult(partition))
                .thenApply(found -> found.offset());
    }

    private static <T> CompletableFuture<T> stage(KafkaFuture<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }

    /** Making a client looks the brokers' names up, which takes its time. */
    private synchronized CompletableFuture<Admin> admin() {
        if (admin == null || admin.isCompletedExceptionally()) {
            admin = CompletableFuture.supplyAsync(() -> Admin.create(client.get()));
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.thenAccept(made -> made.close(Duration.ZERO));
        }
    }
}
