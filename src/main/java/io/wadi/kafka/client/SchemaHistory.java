package io.wadi.kafka.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The schemas that topics had when Wadi last started: records of a compacted topic, the topic's name the key and the schema's
 * text the value.
 */
public final class SchemaHistory {
    /** The topic in which it stands. */
    public static final String TOPIC = "wadi.schemas";

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final KafkaClients clients;
    private final String topic;

    /** Takes who makes the clients of Kafka. */
    public SchemaHistory(KafkaClients clients) {
        this(clients, TOPIC);
    }

    SchemaHistory(KafkaClients clients, String topic) {
        this.clients = clients;
        this.topic = topic;
    }

    /**
     * Compares each schema with the one its topic had, and keeps it for the next time. A topic that had none has nothing to
     * be compared with; one that has none now keeps the one it had. Where something goes wrong before the end, the next call
     * compares again what is not kept yet.
     *
     * @param schemas each topic's schema
     * @param compare what is to be said of a changed schema, from the one before and the one now
     * @return all that is to be said, each with its topic
     * @throws KafkaException where Kafka does not answer or does not keep them
     */
    public List<String> change(Map<String, String> schemas, BiFunction<String, String, List<String>> compare)
            throws InterruptedException {
        Map<String, String> before = read();
        List<String> said = new ArrayList<>();
        Map<String, String> changed = new HashMap<>();
        schemas.forEach((name, schema) -> {
            String had = before.get(name);
            if (had != null && !had.equals(schema)) {
                compare.apply(had, schema).forEach(each -> said.add("topic %s: %s".formatted(name, each)));
            }
            if (!schema.equals(had)) {
                changed.put(name, schema);
            }
        });
        write(changed);
        return said;
    }

    private Map<String, String> read() {
        Properties settings = clients.observerProperties(topic);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("there is no topic " + topic);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return read(consumer, consumer.endOffsets(partitions));
        }
    }

    private static Map<String, String> read(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<String, String> found = new HashMap<>();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("not read to its end: " + ends);
            }
            consumer.poll(POLL).forEach(schema -> found.put(text(schema.key()), text(schema.value())));
        }
        return found;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private void write(Map<String, String> schemas) throws InterruptedException {
        if (schemas.isEmpty()) {
            return;
        }
        try (Producer<Object, Object> producer = clients.patientProducer()) {
            for (Map.Entry<String, String> each : schemas.entrySet()) {
                producer.send(new ProducerRecord<>(topic, bytes(each.getKey()), bytes(each.getValue())))
                        .get();
            }
        } catch (ExecutionException e) {
            throw new KafkaException("%s: the schemas are not kept".formatted(topic), e.getCause());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
