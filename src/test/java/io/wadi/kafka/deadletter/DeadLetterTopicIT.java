package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Producers;
import io.wadi.kafka.records.TopicReader;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

/** A failed record in the dead-letter topic. */
class DeadLetterTopicIT {
    @Test
    void deadLetter_isTheRecordByteForByteWithItsCause() throws Exception {
        TopicProbe.create("failing", 2);
        TopicProbe.create("failing-dead-letters", 1);
        byte[] key = {0, -1, 13, 10, -128, 127};
        byte[] value = {-17, -65, -67, 0, 1, 2, -61, 40};
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>("failing", 1, key, value);
        List<Header> own = List.of(
                header("twice", "one"),
                header("twice", "two"),
                new RecordHeader("binary", new byte[] {0, -1}),
                new RecordHeader("none", null),
                header("CamelLooking", "kept"));
        own.forEach(sent.headers()::add);
        sent.headers().add(header("__connect.errors.topic", "an earlier failure"));
        sent.headers().add(header("__connect.errors.topic", "and one before"));
        sent.headers().add(header("__connect.errors.exception.message", "an earlier message"));
        KafkaProbe.send(sent);
        KafkaProbe.send(new ProducerRecord<>("failing", 1, null, null));
        try (Flow flow = Flow.start("failing-dead-letters", new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true).process("dead-letters");
                from("kafka:failing?groupId=failing")
                        .routeId("failing-route")
                        .removeHeaders("*")
                        .setBody(constant("changed"))
                        .process(exchange -> {
                            throw new IllegalArgumentException("한 줄\nand another");
                        });
            }
        })) {
            await().until(() -> Flow.committed("failing", "failing", 1) == 2);
        }

        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.readAll("failing-dead-letters");
        assertThat(deadLetters).hasSize(2);
        ConsumerRecord<byte[], byte[]> deadLetter = deadLetters.get(0);
        assertThat(deadLetter.key()).isEqualTo(key);
        assertThat(deadLetter.value()).isEqualTo(value);
        assertThat(deadLetter.headers())
                .containsExactlyInAnyOrder(
                        own.get(0),
                        own.get(1),
                        own.get(2),
                        own.get(3),
                        own.get(4),
                        header("__connect.errors.topic", "failing"),
                        header("__connect.errors.partition", "1"),
                        header("__connect.errors.offset", "0"),
                        header("__connect.errors.connector.name", "failing-route"),
                        header("__connect.errors.exception.class.name", IllegalArgumentException.class.getName()),
                        header("__connect.errors.exception.message", "한 줄\nand another"));
        assertThat(deadLetter.headers().headers("twice")).containsExactly(own.get(0), own.get(1));
        assertThat(deadLetters.get(1).key()).isNull();
        assertThat(deadLetters.get(1).value()).isNull();
    }

    @Test
    void onlyTheGivenRoutesAndTopics_areCounted() throws Exception {
        TopicProbe.create("counted-dead-letters", 1);
        for (String route : List.of("a", "b", "a", "c")) {
            ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>("counted-dead-letters", null, new byte[1]);
            sent.headers().add(header("__connect.errors.connector.name", route));
            sent.headers().add(header("__connect.errors.topic", "t"));
            KafkaProbe.send(sent);
        }

        DeadLetterTopic.Counts counts =
                topic("counted-dead-letters").count(Set.of(List.of("a", "t"), List.of("d", "t")), 100);

        assertThat(counts).isEqualTo(new DeadLetterTopic.Counts(Map.of(List.of("a", "t"), 2L), true));
    }

    @Test
    void deadLetterThatItsTopicRejects_isCounted_andTheOthersAreReplayed() throws Exception {
        TopicProbe.create("small", 1, Map.of("max.message.bytes", "2000"));
        TopicProbe.create("small-dead-letters", 1);
        for (int length : new int[] {10, 5000, 20}) {
            ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>("small-dead-letters", null, new byte[length]);
            sent.headers().add(header("__connect.errors.topic", "small"));
            sent.headers().add(header("__connect.errors.partition", "0"));
            sent.headers().add(header("__connect.errors.offset", "7"));
            KafkaProbe.send(sent);
        }
        DeadLetterTopic deadLetters = topic("small-dead-letters");
        Serializer<Object> bytes = (topic, value) -> (byte[]) value;

        List<String> replayed = new ArrayList<>();
        DeadLetterTopic.ReplayResult result;
        try (Producer<Object, Object> producer = new KafkaProducer<>(client(), bytes, bytes)) {
            result = deadLetters.replay(
                    new DeadLetterSelection(null, null, null, null, null, Set.of()),
                    3,
                    producer,
                    false,
                    (at, topic) -> replayed.add(at + " to " + topic));
        }

        assertThat(replayed).containsExactly("0:0 to small", "0:2 to small");
        assertThat(result.replayed()).isEqualTo(2);
        assertThat(result.rejected()).isEqualTo(1);
        assertThat(result.rejection()).startsWith("0:1 for small: The request included a message larger than");
        assertThat(KafkaProbe.readAll("small"))
                .extracting(record -> record.value().length)
                .containsExactly(10, 20);
    }

    /** The producer would wait a minute for the partitions of a topic that does not exist. */
    @Test
    void eventOfATopicThatDoesNotExist_isRejected_beforeItIsConverted() throws Exception {
        TopicProbe.create("events-dead-letters", 1);
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>("events-dead-letters", null, new byte[1]);
        sent.headers().add(header("__connect.errors.topic", "no-such-topic"));
        KafkaProbe.send(sent);
        DeadLetterTopic deadLetters = topic("events-dead-letters");

        DeadLetterTopic.ReplayResult result = deadLetters.replay(
                new DeadLetterSelection(null, null, null, null, null, Set.of()),
                3,
                Producers.inMemory(),
                false,
                (at, topic) -> {});

        assertThat(result.replayed()).isZero();
        assertThat(result.rejected()).isEqualTo(1);
        assertThat(result.rejection()).isEqualTo("0:0 for no-such-topic: the topic does not exist");
    }

    private static DeadLetterTopic topic(String name) {
        return new DeadLetterTopic(
                name,
                (deadLetter, producer) -> {
                    throw new IllegalStateException("converted");
                },
                client(),
                TopicReader.Fetch.DEFAULT);
    }

    private static Properties client() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
        return settings;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
