package io.wadi.kafka.client;

import io.wadi.kafka.records.TopicReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The schemas of topics at the last start of Wadi: records of a compacted topic, with the topic's name as the key and
 * the schema's text as the value.
 */
public final class SchemaHistory {
    public static final String TOPIC = "wadi.schemas";

    private final KafkaClients clients;
    private final String topic;

    public SchemaHistory(KafkaClients clients, String topic) {
        this.clients = clients;
        this.topic = topic;
    }

    /**
     * Compares each schema with the stored one of its topic, then stores the changed ones. A topic without a stored
     * schema is not compared; the stored schema of a topic that has none now is kept. After a failure, the next call
     * compares the schemas again that were not stored.
     *
     * @param schemas the schemas by topic
     * @param compare returns the findings for a changed schema, from the previous and the current one
     * @return all findings, each with its topic
     * @throws KafkaException if Kafka does not respond or does not store the schemas
     */
    public List<String> change(Map<String, String> schemas, BiFunction<String, String, List<String>> compare)
            throws InterruptedException {
        Map<String, String> before = read();
        List<String> findings = new ArrayList<>();
        Map<String, String> changed = new HashMap<>();
        schemas.forEach((name, schema) -> {
            String previous = before.get(name);
            if (previous != null && !previous.equals(schema)) {
                compare.apply(previous, schema).forEach(each -> findings.add("topic %s: %s".formatted(name, each)));
            }
            if (!schema.equals(previous)) {
                changed.put(name, schema);
            }
        });
        write(changed);
        return findings;
    }

    private Map<String, String> read() {
        Map<String, String> found = new HashMap<>();
        try (TopicReader reader = TopicReader.complete(clients.readerProperties())) {
            reader.records(topic).forEachRemaining(schema -> found.put(text(schema.key()), text(schema.value())));
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
        try (Producer<Object, Object> producer = clients.backgroundProducer()) {
            for (Map.Entry<String, String> each : schemas.entrySet()) {
                producer.send(new ProducerRecord<>(topic, bytes(each.getKey()), bytes(each.getValue())))
                        .get();
            }
        } catch (ExecutionException e) {
            throw new KafkaException("Failed to write schemas to topic %s".formatted(topic), e.getCause());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
