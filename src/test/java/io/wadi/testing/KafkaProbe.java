package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain clients that send and read records of the test run's Kafka independently of the pipeline. */
public final class KafkaProbe {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private KafkaProbe() {}

    /** A producer that all calls share, because creating one costs more than most calls. */
    private static final class Shared {
        static final KafkaProducer<byte[], byte[]> PRODUCER = producer();
    }

    static Map<String, Object> client() {
        return Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
    }

    /** Returns the pipeline's clients. */
    public static KafkaClients clients() {
        return clients(TestServers.shared().ports().kafkaBrokers());
    }

    /** Returns the pipeline's clients for another Kafka. */
    public static KafkaClients clients(String brokers) {
        return new KafkaClients(brokers, new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()));
    }

    /** Returns a producer with {@code acks=all}, which the caller closes. */
    public static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one record and returns its partition and offset. */
    public static RecordMetadata send(ProducerRecord<byte[], byte[]> sent)
            throws ExecutionException, InterruptedException {
        return Shared.PRODUCER.send(sent).get();
    }

    /** Sends values to partition 0 in a transaction; returns when the transaction marker is in the topic. */
    public static void sendInTransaction(String topic, boolean commits, String... values)
            throws ExecutionException, InterruptedException {
        inTransaction(topic, producer -> {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value.getBytes(UTF_8)))
                        .get();
            }
            if (commits) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        });
    }

    /** A step that sends records in a transaction and commits or aborts it. */
    public interface Sends {
        void to(KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException;
    }

    /** Begins a transaction for a topic; returns when the transaction marker is in the topic. */
    public static void inTransaction(String topic, Sends sends) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("transactional.id", topic);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            sends.to(producer);
        }
        TopicProbe.awaitReadable(topic);
    }

    /** Returns all current records of a topic, by partition and offset. */
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        forEach(topic, all::add);
        all.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset));
        return all;
    }

    /**
     * Passes all current committed records of a topic to an action, by offset within each partition, without keeping
     * them.
     */
    public static void forEach(String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        forEach(TestServers.shared().ports().kafkaBrokers(), SharedAdmin.CLIENT, topic, action);
    }

    /**
     * Passes the current committed records of a topic in another Kafka to an action. Waits for open transactions with
     * records in the topic: Kafka aborts those of killed processes after 10 to 20 s.
     */
    public static void forEach(String brokers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            forEach(brokers, admin, topic, action);
        }
    }

    private static void forEach(
            String brokers, Admin admin, String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", brokers);
        settings.put("isolation.level", "read_committed");
        // With the default, a fetch waits half a second at the end of one partition before the next partition is read.
        settings.put("fetch.max.wait.ms", 10);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(
                            0, consumer.partitionsFor(topic).size())
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // The end offsets that read_committed consumers see would not include records of open transactions.
            Map<TopicPartition, Long> ends = TopicProbe.ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
            long lastNanos = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(200));
                polled.forEach(action);
                if (!polled.isEmpty()) {
                    lastNanos = System.nanoTime();
                } else if (System.nanoTime() - lastNanos > TIMEOUT.toNanos()) {
                    throw new AssertionError("Topic %s: nothing was read for %d s before its ends %s"
                            .formatted(topic, TIMEOUT.toSeconds(), ends));
                }
            }
        }
    }

    /** Returns the current records of a topic that match a condition. */
    public static List<ConsumerRecord<byte[], byte[]>> read(
            String topic, Predicate<ConsumerRecord<byte[], byte[]>> condition) {
        return readAll(topic).stream().filter(condition).toList();
    }

    /** Returns the record at an offset. */
    public static ConsumerRecord<byte[], byte[]> read(String topic, int partition, long offset) {
        return read(topic, found -> found.partition() == partition && found.offset() == offset)
                .get(0);
    }

    /** Returns the record that a receipt names. */
    public static ConsumerRecord<byte[], byte[]> at(JsonNode receipt) {
        return read(
                receipt.path("topic").asText(),
                receipt.path("partition").asInt(),
                receipt.path("offset").asLong());
    }

    /** Returns the dead letters of a record, found by its partition and offset. */
    public static List<ConsumerRecord<byte[], byte[]>> deadLetters(RecordMetadata failed, String routeId) {
        return read(
                "wadi.dead-letter",
                deadLetter -> header(deadLetter, "__connect.errors.topic").equals(failed.topic())
                        && header(deadLetter, "__connect.errors.partition").equals(Integer.toString(failed.partition()))
                        && header(deadLetter, "__connect.errors.offset").equals(Long.toString(failed.offset()))
                        && header(deadLetter, "__connect.errors.connector.name").equals(routeId));
    }

    /** Returns a header as text; empty if it does not exist. */
    public static String header(ConsumerRecord<?, ?> found, String name) {
        Header header = found.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
