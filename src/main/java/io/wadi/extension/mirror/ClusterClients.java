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
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
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
 * The clients that look at one cluster of a mirror. All methods throw {@link KafkaException} with the cluster and its address
 * where it does not answer within ten seconds. For one thread.
 */
final class ClusterClients implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String where;
    private final Map<String, Object> settings;
    private Admin admin;
    private KafkaConsumer<byte[], byte[]> consumer;

    ClusterClients(MirrorFile file, String alias) {
        where = alias + " at " + file.servers(alias);
        settings = new HashMap<>(file.client(alias));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(WITHIN.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(WITHIN.toMillis()));
    }

    /** The alias and the address, for sentences. */
    String where() {
        return where;
    }

    Map<String, Object> settings() {
        return settings;
    }

    Admin admin() {
        if (admin == null) {
            admin = asked(() -> Admin.create(settings));
        }
        return admin;
    }

    /** The id that a cluster is given when it is set up. */
    String id() throws InterruptedException {
        return get(admin().describeCluster().clusterId());
    }

    /** The names of all topics but Kafka's own. */
    Set<String> topics() throws InterruptedException {
        return new TreeSet<>(get(admin().listTopics().names()));
    }

    /** The partitions of topics that are there. */
    Set<TopicPartition> partitions(Collection<String> topics) throws InterruptedException {
        Map<String, TopicDescription> found = get(admin().describeTopics(topics).allTopicNames());
        return found.values().stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(each -> new TopicPartition(topic.name(), each.partition())))
                .collect(Collectors.toSet());
    }

    /** Offsets that readers of committed records see. */
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
     * Reads partitions from where the given offsets are to where they end now.
     *
     * @return the positions after the last
     */
    Map<TopicPartition, Long> read(Map<TopicPartition, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        return asked(() -> {
            KafkaConsumer<byte[], byte[]> reader = reader();
            reader.assign(from.keySet());
            from.forEach(reader::seek);
            Map<TopicPartition, Long> ends = reader.endOffsets(from.keySet(), WITHIN);
            long deadline = System.nanoTime() + WITHIN.toNanos();
            while (ends.entrySet().stream().anyMatch(each -> reader.position(each.getKey()) < each.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException(from.keySet() + " could not be read to their ends");
                }
                reader.poll(POLL).forEach(taker);
            }
            return from.keySet().stream().collect(Collectors.toMap(Function.identity(), reader::position));
        });
    }

    /**
     * The first record at or after each of these offsets: by partition its time in ms, or null where no record follows. A
     * partition is missing that did not answer in time.
     */
    Map<TopicPartition, Long> times(Map<TopicPartition, Long> from) {
        return asked(() -> {
            KafkaConsumer<byte[], byte[]> reader = reader();
            reader.assign(from.keySet());
            from.forEach(reader::seek);
            Map<TopicPartition, Long> ends = reader.endOffsets(from.keySet(), WITHIN);
            Map<TopicPartition, Long> times = new HashMap<>();
            long deadline = System.nanoTime() + WITHIN.toNanos();
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

    /** What Kafka answers. */
    <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    private interface Question<T> {
        T ask();
    }

    private <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** Without its cause, which it says: who shows the innermost of the causes would lose the cluster. */
    private KafkaException failed(Exception e) {
        KafkaException failed =
                new KafkaException(where + " does not answer as it should: " + Causes.inShort(Causes.innermost(e)));
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
            consumer.close(Duration.ZERO);
            consumer = null;
        }
    }
}
