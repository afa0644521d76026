package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.PasswordBroker;
import io.wadi.kafka.RecordDelivery;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowProducerTest {
    private static final String TOPIC = "events";

    /** More bytes than a batch has with several records. */
    private static final int BATCH = 20_000;

    /** Kafka's client would never send a record, because its request of a producer id is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void producerThatBeginsBeforeKafkaHasItsUser_sendsOnceKafkaHasIt(boolean hasOwnSettings) throws Exception {
        Map<String, Map<String, String>> own =
                hasOwnSettings ? Map.of(TOPIC, Map.of("compression.type", "lz4")) : Map.of();
        try (PasswordBroker kafka = new PasswordBroker(TOPIC, hasOwnSettings ? 4 : 2)) {
            FlowProducer producer = new FlowProducer(settings(kafka.address()), own, () -> {});
            try {
                assertThat(isSent(producer)).isFalse();
                kafka.accept();

                await().until(() -> isSent(producer));
            } finally {
                producer.closeForGood();
            }
        }
    }

    /** Otherwise an isolated record, which can be sent later, would become a dead letter. */
    @Test
    void recordsOfAReplacedProducer_failForNow() throws Exception {
        try (PasswordBroker kafka = new PasswordBroker(TOPIC, 2)) {
            FlowProducer producer = new FlowProducer(settings(kafka.address()), Map.of(), () -> {});
            List<Exception> failures = new CopyOnWriteArrayList<>();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            try {
                assertThat(isSent(producer)).isFalse();
                kafka.accept();
                // The first record that waits for the producer's id expires, and replaces the producer.
                await().atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> {
                            sent.add(producer.send(
                                    new ProducerRecord<>(TOPIC, 0, null, new byte[BATCH]),
                                    (metadata, e) -> failures.add(e)));
                            return failures.stream().anyMatch(TimeoutException.class::isInstance);
                        });
            } finally {
                producer.closeForGood();
            }
            failures.removeIf(Objects::isNull); // of the producer that replaced it
            assertThat(failures)
                    .as("without those that Kafka rejects")
                    .filteredOn(e -> !(e instanceof AuthenticationException))
                    .hasSizeGreaterThan(1)
                    .hasOnlyElementsOfType(RetriableException.class);
            assertThat(sent)
                    .extracting(FlowProducerTest::failure)
                    .filteredOn(Objects::nonNull)
                    .containsExactlyInAnyOrderElementsOf(failures);
        }
    }

    private static Throwable failure(Future<RecordMetadata> sent) throws Exception {
        try {
            sent.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void flush_waitsForRecordsOfTopicsWithTheirOwnSettings() throws Exception {
        TopicProbe.create("flushed", 1);
        Properties settings = new Properties();
        settings.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        FlowProducer producer = new FlowProducer(
                settings, Map.of("flushed", Map.of("linger.ms", "600000", "delivery.timeout.ms", "700000")), () -> {});
        try {
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("flushed", new byte[1]));
            producer.flush();

            assertThat(sent).isDone();
        } finally {
            producer.closeForGood();
        }
    }

    /** Otherwise a record would be sent outside of its consumer's transaction. */
    @Test
    void sendDuringADelivery_isPassedToTheDelivery() {
        FlowProducer producer = new FlowProducer(settings("localhost:1"), Map.of(), () -> {});
        ProducerRecord<Object, Object> sent = new ProducerRecord<>(TOPIC, new byte[1]);
        Delivery delivery = new Delivery();
        delivery.begin();
        try {
            assertThat(producer.send(sent)).isSameAs(delivery.result);
        } finally {
            delivery.end();
            producer.closeForGood();
        }
        assertThat(delivery.sent).isSameAs(sent);
    }

    /** A delivery on this thread that sends nothing. */
    private static final class Delivery extends RecordDelivery {
        private final CompletableFuture<RecordMetadata> result = new CompletableFuture<>();
        private ProducerRecord<Object, Object> sent;

        @Override
        public ConsumerRecord<Object, Object> begin() {
            bind();
            return null;
        }

        void end() {
            unbind();
        }

        @Override
        public void completed(ConsumerRecord<Object, Object> record, Exception error) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<RecordMetadata> send(
                ProducerRecord<Object, Object> output, Callback callback, DirectSend direct) {
            sent = output;
            return result;
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

    private static Properties settings(String brokers) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                brokers,
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
