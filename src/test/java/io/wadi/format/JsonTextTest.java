package io.wadi.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
        assertThat(JsonText.utf8(text)).isEqualTo(text.getBytes(UTF_8));
    }

    @Test
    void utf8_unpairedSurrogate_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonText.utf8(HIGH))
                .withMessage("has an unpaired surrogate, which UTF-8 cannot encode");
    }

    @Test
    void unpairedSurrogate_isTheIndexOfTheFirst() {
        assertThat(JsonText.unpairedSurrogate(HIGH)).isZero();
        assertThat(JsonText.unpairedSurrogate(LOW + HIGH)).isZero();
        assertThat(JsonText.unpairedSurrogate("a" + HIGH + LOW + LOW)).isEqualTo(3);
        assertThat(JsonText.unpairedSurrogate("a" + HIGH + "." + LOW)).isEqualTo(1);
    }
}
