package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.StreamReadConstraints;
import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventTimeTest {
    private static final Instant KAFKAS = Instant.parse("2021-05-01T10:00:00Z");

    private static ConsumerRecord<byte[], ByteBuffer> event(String json) {
        return Records.record(new TopicPartition("events", 0), 7, KAFKAS.toEpochMilli(), json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"t\":\"2021-04-14T12:34:56.789+0900\"} | 2021-04-14T03:34:56.789Z",
                "{\"t\":\"2021-04-14T12:34:56+09:00\"}    | 2021-04-14T03:34:56Z",
                "{\"t\":\"2021-04-14T12:34:56Z\"}         | 2021-04-14T12:34:56Z",
                "{\"t\":\"2021-04-14T12:34:56\"}          | 2021-04-14T12:34:56Z",
                "{\"t\":\"2021-04-14T12:34\"}             | 2021-04-14T12:34:00Z",
                "{\"t\":\"2021-04-14\"}                   | 2021-04-14T00:00:00Z",
                "{\"t\":\"2021-04-14T\"}                  | 2021-05-01T10:00:00Z",
                "{\"t\":\"2021-04-31x\"}                  | 2021-05-01T10:00:00Z",
                "{\"a\":{\"t\":1},\"t\":1618403696789}    | 2021-04-14T12:34:56.789Z",
                "{\"t\":\"yesterday\"}                    | 2021-05-01T10:00:00Z",
                "{\"t\":99999999999999999999}             | 2021-05-01T10:00:00Z",
                "{\"t\":1619861999}                      | 2021-05-01T10:00:00Z",
                "{\"t\":1619861999000000}                | 2021-05-01T10:00:00Z",
                "{\"t\":1619861999000000000}             | 2021-05-01T10:00:00Z",
                "{\"t\":9223372036854775807}             | 2021-05-01T10:00:00Z",
                "{\"t\":-9223372036854775808}            | 2021-05-01T10:00:00Z",
                "{\"t\":\"2021-03-31T10:00:00Z\"}         | 2021-03-31T10:00:00Z",
                "{\"t\":\"2021-03-31T09:59:59Z\"}         | 2021-05-01T10:00:00Z",
                "{\"t\":\"2021-05-02T10:00:00Z\"}         | 2021-05-02T10:00:00Z",
                "{\"t\":\"2021-05-02T10:00:01Z\"}         | 2021-05-01T10:00:00Z",
                "{\"t\":\"+999999999-01-01T00:00:00Z\"}   | 2021-05-01T10:00:00Z",
                "{\"t\":{\"t\":1}}                        | 2021-05-01T10:00:00Z",
                "{\"t\":null}                             | 2021-05-01T10:00:00Z",
                "{\"a\":{\"t\":1}}                        | 2021-05-01T10:00:00Z",
                "{}                                       | 2021-05-01T10:00:00Z"
            })
    void millis_areReadFromTheField_orElseFromTheRecord(String json, Instant expected) {
        ConsumerRecord<byte[], ByteBuffer> event = event(json);

        assertThat(Instant.ofEpochMilli(new EventTime("t").millis(event, event.value())))
                .isEqualTo(expected);
        assertThat(Instant.ofEpochMilli(new EventTime("").millis(event, event.value())))
                .isEqualTo(KAFKAS);
    }

    /** Jackson reads no strings longer than 20,000,000 characters, but can skip them. */
    @Test
    void textBeyondJacksonsLimit_isRejectedInTheField_andSkippedInTheTimestamp() {
        String text = "x".repeat(StreamReadConstraints.DEFAULT_MAX_STRING_LEN + 1);
        ConsumerRecord<byte[], ByteBuffer> inField = event("{\"t\":\"" + text + "\"}");
        ConsumerRecord<byte[], ByteBuffer> inTimestamp = event("{\"@timestamp\":\"" + text + "\"}");
        EventTime time = new EventTime("t");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> time.millis(inField, inField.value()))
                .withMessageContaining("field t");
        assertThatIllegalArgumentException().isThrownBy(() -> time.withTimestamp(inField, inField.value()));
        assertThat(time.millis(inTimestamp, inTimestamp.value())).isEqualTo(KAFKAS.toEpochMilli());
        assertThat(time.withTimestamp(inTimestamp, inTimestamp.value())).isSameAs(inTimestamp.value());
    }

    @Test
    void recordWithoutATimestamp_hasNoTime() {
        ConsumerRecord<byte[], ByteBuffer> line = Records.record(new TopicPartition("events", 0), 7, "{\"x\":1}");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventTime("t").withTimestamp(line, line.value()))
                .withMessageContaining("timestamp");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"t\":\"a\\\"b\",\"x\":1}   | {\"@timestamp\":\"a\\\"b\",\"t\":\"a\\\"b\",\"x\":1}",
                "{\"t\":17}                 | {\"@timestamp\":\"17\",\"t\":17}",
                "{\"@timestamp\":0,\"t\":1} | {\"@timestamp\":0,\"t\":1}",
                "{\"x\":1}                  | {\"@timestamp\":\"2021-05-01T10:00:00Z\",\"x\":1}",
                "{\"t\":null}               | {\"@timestamp\":\"2021-05-01T10:00:00Z\",\"t\":null}",
                "{ }                        | {\"@timestamp\":\"2021-05-01T10:00:00Z\" }"
            })
    void timestamp_isAddedIfMissing(String json, String expected) {
        ConsumerRecord<byte[], ByteBuffer> event = event(json);

        ByteBuffer document = new EventTime("t").withTimestamp(event, event.value());

        assertThat(new String(Records.bytes(document), UTF_8)).isEqualTo(expected);
        assertThat(new String(Records.bytes(event.value()), UTF_8))
                .as("stays as it is")
                .isEqualTo(json);
    }
}
