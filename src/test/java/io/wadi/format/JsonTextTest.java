package io.wadi.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTextTest {
    private static final String HIGH = "\ud83d";
    private static final String LOW = "\ude00";

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "색", HIGH + LOW, HIGH + LOW + HIGH + LOW, "\ufffd", "\ud7ff\ue000", "\u0000"})
    void unpairedSurrogate_textThatUtf8CanEncode_hasNone(String text) {
        assertThat(JsonText.unpairedSurrogate(text)).isEqualTo(-1);
    }

    @Test
    void unpairedSurrogate_isTheIndexOfTheFirst() {
        assertThat(JsonText.unpairedSurrogate(HIGH)).isZero();
        assertThat(JsonText.unpairedSurrogate(LOW + HIGH)).isZero();
        assertThat(JsonText.unpairedSurrogate("a" + HIGH + LOW + LOW)).isEqualTo(3);
        assertThat(JsonText.unpairedSurrogate("a" + HIGH + "." + LOW)).isEqualTo(1);
    }
}
