package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.PasswordBroker;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowProducerTest {
    private static final String TOPIC = "events";

    /** Kafka's client would never send a record, because its request of a producer id is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void producerThatBeginsBeforeKafkaHasItsUser_sendsOnceKafkaHasIt(boolean hasOwnSettings) throws Exception {
        Map<String, Map<String, String>> own =
                hasOwnSettings ? Map.of(TOPIC, Map.of("compression.type", "lz4")) : Map.of();
        try (PasswordBroker kafka = new PasswordBroker(TOPIC, hasOwnSettings ? 4 : 2)) {
            FlowProducer producer = new FlowProducer(settings(kafka), own, () -> {});
            try {
                assertThat(isSent(producer)).isFalse();
                kafka.accept();

                await().until(() -> isSent(producer));
            } finally {
                producer.closeForGood();
            }
        }
    }

    private static boolean isSent(FlowProducer producer) throws InterruptedException {
        try {
            return producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[1]))
                            .get()
                            .offset()
                    == 5;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static Properties settings(PasswordBroker kafka) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                kafka.address(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";",
                "delivery.timeout.ms",
                "1000",
                "request.timeout.ms",
                "500",
                "max.block.ms",
                "1000",
                "reconnect.backoff.max.ms",
                "100"));
        settings.put("linger.ms", "0");
        settings.put("key.serializer", ByteArraySerializer.class.getName());
        settings.put("value.serializer", ByteArraySerializer.class.getName());
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
