package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.testing.KafkaProbe;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

/** A failed record in the dead-letter topic. */
class DeadLetterTopicIT {
    @Test
    void deadLetter_isTheRecordByteForByteWithItsCause() throws Exception {
        KafkaProbe.createTopic("failing", 2);
        KafkaProbe.createTopic("failing-dead-letters", 1);
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

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
