package io.wadi.bench.subject;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The producer settings of the ingest subjects, which are Wadi's. */
public final class IntakeProducer {
    private IntakeProducer() {}

    /** Returns all settings except the serializers. */
    public static Map<String, Object> settings(String brokers) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
                ProducerConfig.LINGER_MS_CONFIG, "1",
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "3000",
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "1500",
                ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(96 << 20),
                ProducerConfig.MAX_BLOCK_MS_CONFIG, "1500");
    }
}
