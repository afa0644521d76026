package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** JSON records of 1 MB; compressed, hundreds of them take a few kilobytes in Kafka. */
public final class CompressibleRecords {
    private static final byte[] RECORD =
            "{\"a\":\"%s\"}".formatted("x".repeat(1_000_000)).getBytes(UTF_8);

    private CompressibleRecords() {}

    /** Sends records to a new topic with one partition. */
    public static void send(String topic, int records) throws Exception {
        TopicProbe.create(topic, 1);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "compression.type",
                "lz4",
                "linger.ms",
                "500");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, RECORD));
            }
        }
    }
}
