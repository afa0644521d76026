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
import java.util.function.Function;
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
 * A client that describes topics without blocking. Results and failures are cached for a second, and concurrent lookups
 * share one request to Kafka. Thread-safe.
 */
public final class TopicMonitor implements AutoCloseable {
    private static final Duration TTL = Duration.ofSeconds(1);

    private final Supplier<Properties> client;
    private final AsyncLoadingCache<String, Result<TopicState>> topics = cache(this::fetchTopic);
    private final AsyncLoadingCache<TopicPartition, Result<Offsets>> offsets = cache(this::fetchOffsets);
    private CompletableFuture<Admin> admin;

    /**
     * The result of a request. The cache would not keep a failure, and would log each with its stack trace.
     *
     * @param error null if the request has succeeded
     */
    private record Result<T>(T value, Throwable error) {
        T get() {
            if (error != null) {
                throw new CompletionException(Causes.unwrap(error));
            }
            return value;
        }
    }

    /**
     * Creates an instance without a client.
     *
     * @param client the settings of the admin client that the first lookup creates
     */
    public TopicMonitor(Supplier<Properties> client) {
        this.client = client;
    }

    private static <K, T> AsyncLoadingCache<K, Result<T>> cache(Function<K, CompletableFuture<T>> request) {
        return Caffeine.newBuilder()
                .expireAfterWrite(TTL)
                .buildAsync((key, executor) -> request.apply(key).handle(Result::new));
    }

    /**
     * The state of a topic.
     *
     * @param settings empty without permission to read them
     */
    public record TopicState(TopicDescription topic, Config settings) {}

    /**
     * The offsets of a partition.
     *
     * @param beginning the log start offset
     * @param end the log end offset
     */
    public record Offsets(long beginning, long end) {}

    /**
     * Describes a topic. Pass declared topics only: each name occupies the cache for a second.
     *
     * @return a future that fails with Kafka's error, or a {@link org.apache.kafka.common.errors.TimeoutException}
     */
    public CompletableFuture<TopicState> topic(String name) {
        return topics.get(name).thenApply(Result::get);
    }

    /** Returns the offsets of an existing partition. The future fails like that of {@link #topic}. */
    public CompletableFuture<Offsets> offsets(TopicPartition partition) {
        return offsets.get(partition).thenApply(Result::get);
    }

    private CompletableFuture<TopicState> fetchTopic(String name) {
        return admin().thenCompose(admin -> {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
            CompletableFuture<Config> settings =
                    stage(admin.describeConfigs(List.of(resource)).values().get(resource));
            return stage(admin.describeTopics(List.of(name)).topicNameValues().get(name))
                    .thenCombine(settings.exceptionally(TopicMonitor::unreadable), TopicState::new);
        });
    }

    /** Returns no settings if reading them is not permitted: the right to write to a topic does not include it. */
    private static Config unreadable(Throwable error) {
        if (Causes.unwrap(error) instanceof AuthorizationException) {
            return new Config(List.of());
        }
        throw new CompletionException(Causes.unwrap(error));
    }

    private CompletableFuture<Offsets> fetchOffsets(TopicPartition partition) {
        return admin().thenCompose(admin -> offset(admin, partition, OffsetSpec.earliest())
                .thenCombine(offset(admin, partition, OffsetSpec.latest()), Offsets::new));
    }

    private static CompletableFuture<Long> offset(Admin admin, TopicPartition partition, OffsetSpec spec) {
        return stage(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
                .thenApply(found -> found.offset());
    }

    private static <T> CompletableFuture<T> stage(KafkaFuture<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }

    /** Creates the client on another thread, because that resolves the brokers' names, which can block. */
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
