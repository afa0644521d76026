package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.KafkaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** One of several Kafka clusters of a test, with plain clients. The values of records are numbers. */
public final class Cluster implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final KafkaProcess broker;

    private Cluster(KafkaProcess broker) {
        this.broker = broker;
    }

    /** Starts a broker on a free port, with its data in a directory. */
    public static Cluster start(Path directory) throws IOException {
        return new Cluster(KafkaProcess.start(directory));
    }

    /** Returns the value of {@code bootstrap.servers}. */
    public String brokers() {
        return broker.brokers();
    }

    /** Returns the broker's process. */
    public KafkaProcess broker() {
        return broker;
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", brokers());
    }

    private Map<String, Object> consumer(String group) {
        return Map.of(
                "bootstrap.servers", brokers(),
                "group.id", group,
                "enable.auto.commit", "false",
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
    }

    /** Creates a topic with three partitions. */
    public void createTopic(String name) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Deletes a topic; returns when it is no longer listed. */
    public void deleteTopic(String name) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client())) {
            admin.deleteTopics(List.of(name)).all().get();
        }
        Awaitility.await().until(() -> !topics().contains(name));
    }

    /** Returns the names of the topics. */
    public Collection<String> topics() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client())) {
            return admin.listTopics().names().get();
        }
    }

    /**
     * Sends {@code count} consecutive numbers, beginning with {@code from}, to the partitions in turn; returns when all
     * are acknowledged.
     */
    public void send(String topic, int from, int count) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int number = from; number < from + count; number++) {
                byte[] value = Integer.toString(number).getBytes(UTF_8);
                sent.add(producer.send(new ProducerRecord<>(topic, number % PARTITIONS, null, value)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** Returns all committed numbers of a topic by partition, in order. */
    public Map<Integer, List<Integer>> numbers(String topic) {
        Map<Integer, List<Integer>> numbers = new TreeMap<>();
        KafkaProbe.forEach(
                brokers(),
                topic,
                each -> numbers.computeIfAbsent(each.partition(), any -> new ArrayList<>())
                        .add(number(each)));
        return numbers;
    }

    /** Returns the number of committed records of a topic; 0 if it does not exist. */
    public int count(String topic) throws ExecutionException, InterruptedException {
        return topics().contains(topic)
                ? numbers(topic).values().stream().mapToInt(List::size).sum()
                : 0;
    }

    /**
     * Reads records as a consumer group from its committed offsets, and commits the new ones. Partitions are in no
     * particular order.
     *
     * @param most the maximum number of records of each partition
     */
    public List<Integer> consume(String group, String topic, int most) {
        List<Integer> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumer(group), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (TopicPartition partition : partitions(topic)) {
                consumer.assign(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                int taken = 0;
                long begin = System.nanoTime();
                long next = consumer.position(partition);
                while (taken < most && consumer.position(partition) < end) {
                    if (System.nanoTime() - begin > TIMEOUT.toNanos()) {
                        throw new AssertionError("%s: not read to %d within %d s, read to %d"
                                .formatted(partition, end, TIMEOUT.toSeconds(), next));
                    }
                    for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                        if (taken < most) {
                            numbers.add(number(each));
                            next = each.offset() + 1;
                            taken++;
                        }
                    }
                }
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
            }
        }
        return numbers;
    }

    /** Returns the committed offsets of a group by partition. */
    public Map<TopicPartition, OffsetAndMetadata> committed(String group)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client())) {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    private static List<TopicPartition> partitions(String topic) {
        return List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1), new TopicPartition(topic, 2));
    }

    private static int number(ConsumerRecord<byte[], byte[]> numbered) {
        return Integer.parseInt(new String(numbered.value(), UTF_8));
    }

    @Override
    public void close() {
        broker.close();
    }
}
