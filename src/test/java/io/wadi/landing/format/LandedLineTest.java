package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.format.CollidingNames;
import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines written by {@link Envelope} are read back. */
final class LandedLineTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 3);

    private static ConsumerRecord<byte[], ByteBuffer> record(byte[] key, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("id", "order-17".getBytes(UTF_8));
        headers.add("binary", new byte[] {-1, 0});
        headers.add("none", null);
        return new ConsumerRecord<>(
                "events",
                3,
                42,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value == null ? null : Records.value(value),
                headers,
                Optional.empty());
    }

    private static ConsumerRecord<byte[], ByteBuffer> readAgain(ConsumerRecord<byte[], ByteBuffer> written)
            throws Exception {
        byte[] line = Records.bytes(new Envelope().line(written));
        assertThat(LandedLine.isEnvelope(line, PARTITION)).isTrue();
        assertThat(LandedLine.isEnvelope(line, new TopicPartition("events", 4))).isFalse();
        return LandedLine.envelope(line, PARTITION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,{\"b\":\"}\"}],\"c\":\"한\"}",
                "17",
                "-0.5e3",
                "\"text\"",
                "[ ]",
                "true",
                "not json",
                " {\"a\" : 1} "
            })
    void envelope_roundTripsTheRecord(String value) throws Exception {
        ConsumerRecord<byte[], ByteBuffer> written = record("key".getBytes(UTF_8), value.getBytes(UTF_8));

        ConsumerRecord<byte[], ByteBuffer> read = readAgain(written);

        assertThat(read.offset()).isEqualTo(42);
        assertThat(read.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(read.key()).isEqualTo(written.key());
        assertThat(read.headers()).isEqualTo(written.headers());
        assertThat(new String(Records.bytes(read.value()), UTF_8).strip()).isEqualTo(value.strip());
    }

    /** Readers accept 1,000 levels by default; the envelope adds one. */
    @ParameterizedTest
    @ValueSource(ints = {999, 1_000, 1_001})
    void envelope_deeplyNestedValue_isRead(int levels) throws Exception {
        String value = "[".repeat(levels) + "]".repeat(levels);
        ConsumerRecord<byte[], ByteBuffer> written = record(null, value.getBytes(UTF_8));

        assertThat(new String(Records.bytes(readAgain(written).value()), UTF_8)).isEqualTo(value);
        assertThatNoException()
                .isThrownBy(() -> new ObjectMapper().readTree(Records.bytes(new Envelope().line(written))));
    }

    /** Former versions wrote values of 1,000 levels as JSON. */
    @Test
    void envelope_ofAFormerVersion_isRead() throws Exception {
        String value = "[".repeat(1_000) + "]".repeat(1_000);
        String line = "{\"topic\":\"events\",\"partition\":3,\"offset\":42,\"value\":" + value + "}";

        ConsumerRecord<byte[], ByteBuffer> read = LandedLine.envelope(line.getBytes(UTF_8), PARTITION);

        assertThat(new String(Records.bytes(read.value()), UTF_8)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " null\n"})
    void envelope_jsonNull_isNoTombstone(String value) throws Exception {
        ConsumerRecord<byte[], ByteBuffer> read = readAgain(record(null, value.getBytes(UTF_8)));

        assertThat(read.value()).isNotNull();
        assertThat(new String(Records.bytes(read.value()), UTF_8)).isEqualTo(value);
    }

    /** Jackson reads strings of 20,000,000 characters by default; Base64 of 15 MB is longer. */
    @Test
    void envelope_longValues_areRead() throws Exception {
        byte[] binary = new byte[16_000_000];
        Arrays.fill(binary, (byte) -1);
        String text = "x".repeat(21_000_000);

        for (byte[] value : List.of(binary, text.getBytes(UTF_8), ("\"" + text + "\"").getBytes(UTF_8))) {
            ConsumerRecord<byte[], ByteBuffer> read = readAgain(record(value, value));

            assertThat(Arrays.equals(Records.bytes(read.value()), value)).isTrue();
        }
    }

    @Test
    void envelope_keepsBinaryAndNullValues() throws Exception {
        byte[] bytes = {-2, 1};
        ConsumerRecord<byte[], ByteBuffer> read = readAgain(record(bytes, bytes));
        assertThat(read.key()).isEqualTo(bytes);
        assertThat(Records.bytes(read.value())).isEqualTo(bytes);

        ConsumerRecord<byte[], ByteBuffer> empty = readAgain(record(null, null));
        assertThat(empty.key()).isNull();
        assertThat(empty.value()).isNull();
    }

    @Test
    void valueThatResemblesAnEnvelope_isNotAnEnvelope() {
        byte[] value = "{\"topic\":\"events\",\"offset\":1}".getBytes(UTF_8);

        assertThat(LandedLine.isEnvelope(value, PARTITION)).isFalse();
        assertThat(LandedLine.value(value, PARTITION, 7).offset()).isEqualTo(7);
    }

    @Test
    void envelope_afterEnvelopesWithCollidingNames_isRead() throws Exception {
        for (String value : CollidingNames.objects()) {
            readAgain(record(null, value.getBytes(UTF_8)));
        }

        ConsumerRecord<byte[], ByteBuffer> read = readAgain(record(null, "{\"country\":\"NZ\"}".getBytes(UTF_8)));

        assertThat(Records.bytes(read.value())).asString(UTF_8).isEqualTo("{\"country\":\"NZ\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"keyBase64\":\"%\"",
                "\"valueBase64\":\"AAA=A\"",
                "\"headers\":[{\"key\":\"id\",\"valueBase64\":\"A\"}]"
            })
    void envelopeWithInvalidBase64_isRejected(String field) {
        byte[] line = "{\"topic\":\"events\",\"partition\":3,\"offset\":1,%s}"
                .formatted(field)
                .getBytes(UTF_8);

        assertThatIOException().isThrownBy(() -> LandedLine.envelope(line, PARTITION));
    }

    @Test
    void envelopeWithTwoOffsets_isRejected() {
        byte[] line = "{\"topic\":\"events\",\"partition\":3,\"offset\":1,\"value\":{},\"offset\":2}".getBytes(UTF_8);

        assertThatIOException().isThrownBy(() -> LandedLine.envelope(line, PARTITION));
    }
}
