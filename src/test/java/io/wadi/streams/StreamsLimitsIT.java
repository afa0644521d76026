package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Records that Kafka rejects, as for their size, or that are too slow for a transaction, on real Kafka. */
class StreamsLimitsIT extends StreamsTestSupport {
    @Test
    void recordTooLargeWithItsNewKey_isADeadLetter_andTheNextIsProcessed() throws Exception {
        assertThatALargeKeyIsADeadLetter();
    }

    /** Internal topics that a former version created have the broker's default limit. */
    @Test
    @Nightly(perChange = {"StreamsLimitsIT#recordTooLargeWithItsNewKey_isADeadLetter_andTheNextIsProcessed"})
    void existingInternalTopics_getTheLimitsOfNewOnes() throws Exception {
        TopicProbe.create(
                "wadi-" + name + "-main-1-repartition", 1, Map.of("message.timestamp.before.max.ms", "3600000"));
        assertThatALargeKeyIsADeadLetter();

        long old = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
        KafkaProbe.send(new ProducerRecord<>(
                topic("in"), null, old, "a".getBytes(UTF_8), "{\"user\":\"late\"}".getBytes(UTF_8)));
        await().until(() -> last("late").equals("{\"user\":\"late\"}"));
    }

    private void assertThatALargeKeyIsADeadLetter() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                steps:
                  - select-key: {jsonpath: $.user}
                  - repartition: {partitions: 1}
                to: TOPIC.out
                """);
        byte[] random = new byte[750_000];
        new Random(1).nextBytes(random);
        String text = Base64.getEncoder().encodeToString(random);
        String large =
                "{\"user\":\"%s\",\"pad\":\"%s\"}".formatted(text.substring(0, 100_000), text.substring(100_000));
        send("in", "a", large, "{\"user\":\"small\"}");
        start();

        await().until(() -> last("small").equals("{\"user\":\"small\"}"));
        // The dead letter is the record of the internal topic, where a value begins with its type.
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter ->
                        assertThat(new String(deadLetter.value(), UTF_8)).endsWith(large));
    }

    /** Without compression, the record would have the size that Kafka accepts. */
    @Test
    void incompressibleRecordOfTheMaximumSize_isADeadLetter_andTheNextIsProcessed() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: bytes}
                to: TOPIC.out
                """);
        byte[] random = new byte[1_048_459];
        new Random(1).nextBytes(random);
        KafkaProbe.send(new ProducerRecord<>(topic("in"), "a".getBytes(UTF_8), random));
        send("in", "a", "next");
        start();

        await().until(() -> last("a").equals("next"));
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter -> assertThat(deadLetter.value()).isEqualTo(random));
    }

    /** A producer can compress it below the limit of the topic, which brokers compare with the compressed size. */
    @Test
    void invalidRecordBeyondTheLimitOfTheTopologysProducer_isADeadLetter_andTheNextIsProcessed() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                to: TOPIC.out
                """);
        byte[] large = "x".repeat(34 << 20).getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestServers.shared().ports().kafkaBrokers(),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        2 * large.length,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        2 * large.length,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic("in"), large)).get();
        }
        send("in", "a", "1");
        start();

        await().until(() -> last("a").equals("1"));
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter -> assertThat(deadLetter.value()).isEqualTo(large));
    }

    @Test
    void recordWithoutAKeyForACompactedTopic_isADeadLetter_andTheNextIsProcessed() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1, Map.of("cleanup.policy", "compact"));
        write("""
                from: TOPIC.in
                to: TOPIC.out
                """);
        KafkaProbe.send(new ProducerRecord<>(topic("in"), "no key".getBytes(UTF_8)));
        send("in", "a", "next");
        start();

        await().until(() -> last("a").equals("next"));
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter ->
                        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("no key"));
    }

    /** Otherwise Kafka would reject it in each repetition of the transaction. */
    @Test
    void recordBeyondALimitThatWasLoweredMeanwhile_isADeadLetter_andTheNextIsProcessed() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: bytes}
                to: TOPIC.out
                """);
        send("in", "a", "first");
        start();
        await().until(() -> last("a").equals("first"));
        byte[] random = new byte[10_000];
        new Random(1).nextBytes(random);
        TopicProbe.configure(topic("out"), "max.message.bytes", "2000");
        await().until(() -> !outAccepts(random));

        KafkaProbe.send(new ProducerRecord<>(topic("in"), "a".getBytes(UTF_8), random));
        send("in", "a", "next");

        await().until(() -> last("a").equals("next"));
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter -> assertThat(deadLetter.value()).isEqualTo(random));
    }

    private boolean outAccepts(byte[] value) throws InterruptedException {
        try {
            KafkaProbe.send(new ProducerRecord<>(topic("out"), "probe".getBytes(UTF_8), value));
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    /**
     * The slow records are in one transaction, because the number of records per transaction has grown with the fast
     * ones.
     */
    @Test
    @Nightly(because = "needs records that together take longer than the timeout of their transaction")
    void slowRecordsAfterFastOnes_areProcessed_thoughKafkaAbortsTheirTransaction() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                steps:
                  - map: {jq: 'reduce .[] as $each ([]; . + [$each]) | length'}
                to: TOPIC.out
                """);
        byte[] slow = ("[" + "1,".repeat(21_999) + "1]").getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < 20_040; i++) {
                producer.send(new ProducerRecord<>(topic("in"), i < 20_000 ? "[1]".getBytes(UTF_8) : slow));
            }
        }
        start();

        await().atMost(Duration.ofMinutes(5))
                .until(() -> KafkaProbe.readAll(topic("out")).stream()
                                .filter(record -> new String(record.value(), UTF_8).equals("22000"))
                                .count()
                        == 40);
        assertThat(KafkaProbe.readAll(topic("out"))).hasSize(20_040);
        assertThat(deadLetters()).isEmpty();
    }
}
