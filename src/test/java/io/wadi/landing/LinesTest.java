package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LinesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"이름\":\"김 😀\\n\"}", "a\tb\rc", "\0", "\u2028\u0085"})
    void refusal_valueWithoutNewline_isNone(String value) {
        assertThat(Lines.refusal(value.getBytes(UTF_8))).isNull();
    }

    @Test
    void refusal_bytesThatAreNoText_isNone() {
        assertThat(Lines.refusal(new byte[] {(byte) 0xFF, (byte) 0x8A, 0, (byte) 0xFE}))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"'\n', 0", "'{}\n', 2", "'김\n\n', 3", "'a\r\nb', 2"})
    void refusal_valueWithNewline_saysWhere(String value, int at) {
        assertThat(Lines.refusal(value.getBytes(UTF_8)))
                .isEqualTo("the value has a line break at byte " + at + ", a line can have none");
    }

    @Test
    void refusal_noValue_saysSo() {
        assertThat(Lines.refusal(null)).isEqualTo("the record has no value (a tombstone), a line needs one");
    }
}
