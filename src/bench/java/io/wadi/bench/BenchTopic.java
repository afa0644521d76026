package io.wadi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** A new topic for one round. */
final class BenchTopic implements AutoCloseable {
    static final int PARTITIONS = 3;

    private final Admin admin;
    private final String brokers;
    private final String name;

    private BenchTopic(Admin admin, String brokers, String name) {
        this.admin = admin;
        this.brokers = brokers;
        this.name = name;
    }

    /** Creates a topic; returns when producers can write to it. */
    static BenchTopic create(String brokers, String name) throws ExecutionException, InterruptedException {
        return create(brokers, name, Map.of());
    }

    /** Creates a topic with these settings; returns when producers can write to it. */
    static BenchTopic create(String brokers, String name, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        Admin admin = Admin.create(Map.of("bootstrap.servers", brokers));
        admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1).configs(settings)))
                .all()
                .get();
        BenchTopic topic = new BenchTopic(admin, brokers, name);
        // Before its leaders respond, a broker can reject a producer's first batch and accept the second; retries do
        // not correct this.
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> topic.records() == 0);
        return topic;
    }

    /** Creates a topic and fills it with records. */
    static BenchTopic filled(
            String brokers, String name, long records, LongFunction<ProducerRecord<byte[], byte[]>> record)
            throws ExecutionException, InterruptedException {
        System.out.println("Filling " + name);
        BenchTopic topic = create(brokers, name);
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.LINGER_MS_CONFIG, "20",
                ProducerConfig.BATCH_SIZE_CONFIG, "65536");
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long number = 0; number < records; number++) {
                producer.send(record.apply(number), (metadata, error) -> {
                    if (error != null) {
                        failure.set(error);
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("The topic could not be filled: " + failure.get(), failure.get());
        }
        return topic;
    }

    String name() {
        return name;
    }

    /**
     * Returns the line of topics.yaml that declares the topic.
     *
     * @param intake the value of {@code ingest}
     */
    String declaration(String intake) {
        return "  - {name: %s, partitions: %d, replication: 1, ingest: %s}\n".formatted(name, PARTITIONS, intake);
    }

    /** Returns the end offsets of a topic's partitions. */
    static Map<TopicPartition, Long> ends(Admin admin, String name) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    /** Returns the current number of records in the topic. */
    long records() throws IOException {
        try {
            return ends(admin, name).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        } catch (ExecutionException e) {
            throw new IOException("Cannot read the end offsets of " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    /**
     * Checks the records of a completed round.
     *
     * @param acknowledged events that were acknowledged to a client
     * @param unknown events that were sent, with an outcome unknown to the client
     * @throws IOException if acknowledged events are missing, or the topic has more events than were sent
     */
    void check(long acknowledged, long unknown) throws IOException {
        check(acknowledged, unknown, records());
    }

    /**
     * Checks a topic with transactions: counts its committed records, since its offsets include transaction markers.
     */
    void checkCommitted(long acknowledged, long unknown) throws IOException {
        check(acknowledged, unknown, committed());
    }

    private long committed() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(name, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long found = 0;
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                found += consumer.poll(Duration.ofSeconds(1)).count();
            }
            return found;
        }
    }

    private void check(long acknowledged, long unknown, long found) throws IOException {
        if (found < acknowledged || found > acknowledged + unknown) {
            throw new IOException("%s: %,d events were acknowledged, %,d have an unknown outcome; Kafka has %,d"
                    .formatted(name, acknowledged, unknown, found));
        }
    }

    /** Deletes the topic. */
    @Override
    public void close() {
        admin.deleteTopics(List.of(name));
        admin.close();
    }
}
