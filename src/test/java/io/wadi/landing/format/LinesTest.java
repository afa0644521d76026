package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LinesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "{\"이름\":\"김 😀\\n\"}", "a\tb\rc", "\0", "\u2028\u0085", "\u000b\u008a\u018a12345678"})
    void value_withoutNewline_isTheLine(String value) throws Exception {
        assertIsTheLine(value.getBytes(UTF_8));
    }

    @Test
    void value_binary_isTheLine() throws Exception {
        assertIsTheLine(new byte[] {(byte) 0xFF, (byte) 0x8A, 0, (byte) 0xFE});
    }

    private static void assertIsTheLine(byte[] value) throws RejectedRecordException {
        ConsumerRecord<byte[], ByteBuffer> consumed = consumed(value);

        assertThat(Lines.value(consumed)).isSameAs(consumed.value()).isEqualTo(Records.value(value));
    }

    @ParameterizedTest
    @CsvSource({"'\n', 0", "'{}\n', 2", "'김\n\n', 3", "'a\r\nb', 2", "'0123456\n', 7", "'01234567\n', 8"})
    void value_withNewline_isRejectedWithItsPosition(String value, int at) {
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> Lines.value(consumed(value.getBytes(UTF_8))))
                .withMessage("the value has a line break at byte " + at + "; a line must not contain any");
    }

    @Test
    void value_thatBeginsLikeAnEnvelope_isRejected() throws Exception {
        String begin = "{\"topic\":\"t\",\"partition\":0,\"offset\":";
        for (String forged : List.of(begin + "7}", begin + "99999999999999999999}", begin + "x")) {
            assertThatExceptionOfType(RejectedRecordException.class)
                    .isThrownBy(() -> Lines.value(consumed(forged.getBytes(UTF_8))))
                    .withMessageStartingWith("the value begins like an envelope of its partition");
        }
        for (String other : List.of(
                begin,
                begin.replace("\"t\"", "\"u\"") + "7}",
                begin.replace("0", "1") + "7}",
                " " + begin + "7}",
                "{\"topic\":\"t")) {
            assertIsTheLine(other.getBytes(UTF_8));
        }
    }

    @Test
    void value_tombstone_isRejected() {
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> Lines.value(consumed(null)))
                .withMessage("the record has no value (a tombstone); a line requires one");
    }

    private static ConsumerRecord<byte[], ByteBuffer> consumed(byte[] value) {
        return new ConsumerRecord<>("t", 0, 0, null, value == null ? null : Records.value(value));
    }
}
