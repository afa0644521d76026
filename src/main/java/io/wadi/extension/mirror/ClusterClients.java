package io.wadi.extension.mirror;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The clients of one cluster of a mirror. All methods throw {@link KafkaException} with the cluster and its address if
 * it does not respond within ten seconds. For one thread.
 */
final class ClusterClients implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String where;
    private final Map<String, Object> settings;
    private Admin admin;
    private KafkaConsumer<byte[], byte[]> consumer;

    ClusterClients(MirrorFile file, String alias) {
        where = alias + " at " + file.servers(alias);
        settings = new HashMap<>(file.client(alias));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis()));
    }

    /** Returns the alias and address, for messages. */
    String where() {
        return where;
    }

    Map<String, Object> settings() {
        return settings;
    }

    Admin admin() {
        if (admin == null) {
            admin = withCluster(() -> Admin.create(settings));
        }
        return admin;
    }

    String id() throws InterruptedException {
        return get(admin().describeCluster().clusterId());
    }

    /** Returns the names of all topics except internal ones. */
    Set<String> topics() throws InterruptedException {
        return new TreeSet<>(get(admin().listTopics().names()));
    }

    /** Returns the partitions of existing topics. */
    Set<TopicPartition> partitions(Collection<String> topics) throws InterruptedException {
        Map<String, TopicDescription> found = get(admin().describeTopics(topics).allTopicNames());
        return found.values().stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(each -> new TopicPartition(topic.name(), each.partition())))
                .collect(Collectors.toSet());
    }

    /** Returns offsets for read-committed consumers. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(admin().listOffsets(
                                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> spec)),
                                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /**
     * Reads partitions from given offsets to their current ends.
     *
     * @return the positions after the last record
     */
    Map<TopicPartition, Long> read(Map<TopicPartition, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        return withCluster(() -> {
            KafkaConsumer<byte[], byte[]> reader = reader();
            reader.assign(from.keySet());
            from.forEach(reader::seek);
            Map<TopicPartition, Long> ends = reader.endOffsets(from.keySet(), TIMEOUT);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (ends.entrySet().stream().anyMatch(each -> reader.position(each.getKey()) < each.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("Reading " + from.keySet() + " to their ends timed out");
                }
                reader.poll(POLL).forEach(action);
            }
            return from.keySet().stream().collect(Collectors.toMap(Function.identity(), reader::position));
        });
    }

    /**
     * Returns the timestamp in ms of the first record at or after each offset, or null if no record follows. Partitions
     * that time out are missing.
     */
    Map<TopicPartition, Long> times(Map<TopicPartition, Long> from) {
        return withCluster(() -> {
            KafkaConsumer<byte[], byte[]> reader = reader();
            reader.assign(from.keySet());
            from.forEach(reader::seek);
            Map<TopicPartition, Long> ends = reader.endOffsets(from.keySet(), TIMEOUT);
            Map<TopicPartition, Long> times = new HashMap<>();
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (times.size() < from.size() && System.nanoTime() - deadline < 0) {
                for (ConsumerRecord<byte[], byte[]> each : reader.poll(POLL)) {
                    TopicPartition partition = new TopicPartition(each.topic(), each.partition());
                    times.putIfAbsent(partition, each.timestamp());
                    reader.pause(List.of(partition));
                }
                for (TopicPartition each : from.keySet()) {
                    if (!times.containsKey(each) && reader.position(each) >= ends.get(each)) {
                        times.put(each, null);
                    }
                }
            }
            reader.resume(from.keySet());
            return times;
        });
    }

    private KafkaConsumer<byte[], byte[]> reader() {
        if (consumer == null) {
            Map<String, Object> own = new HashMap<>(settings);
            own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
            own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "65536");
            consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }
        return consumer;
    }

    <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    private <T> T withCluster(Supplier<T> action) {
        try {
            return action.get();
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** The cause is suppressed, since messages show the innermost cause, which does not name the cluster. */
    KafkaException failed(Exception e) {
        KafkaException failed =
                new KafkaException("Request to " + where + " failed: " + Causes.inShort(Causes.innermost(e)));
        failed.addSuppressed(e);
        return failed;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = null;
        }
    }
}
