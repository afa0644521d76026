package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static DeadLetter with(Map<String, String> headers) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("dead-letters", 0, 7, null, new byte[0]);
        headers.forEach((name, text) -> record.headers().add("__connect.errors." + name, text.getBytes(UTF_8)));
        return new DeadLetter(record);
    }

    /** Any producer may write these headers, and groups of dead letters keep the texts. */
    @Test
    void textsByWhichDeadLettersAreGrouped_areShort() {
        String large = "x".repeat(1 << 20);
        DeadLetter deadLetter = with(Map.of(
                "connector.name", large,
                "topic", large,
                "exception.class.name", large,
                "exception.message", large));

        assertThat(deadLetter.route()).hasSizeLessThanOrEqualTo(249);
        assertThat(deadLetter.topic()).hasSizeLessThanOrEqualTo(249);
        assertThat(deadLetter.cause()).hasSizeLessThan(400);
    }

    @Test
    void topicWithTheLongestName_isUnchanged() {
        String longest = "x".repeat(249);

        assertThat(with(Map.of("topic", longest)).topic()).isEqualTo(longest);
    }
}
