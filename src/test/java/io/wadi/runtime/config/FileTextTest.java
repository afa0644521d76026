package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a: 1\n", "größe: \uD83D\uDE00\r\n", "\uFEFFa: 1\n"})
    void text_isThatOfTheFile_withoutAByteOrderMark(String text) {
        assertThat(FileText.of("a.yaml", text.getBytes(UTF_8))).isEqualTo(text.replace("\uFEFF", ""));
    }

    @Test
    void otherEncoding_isRejectedWithItsLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileText.of("a.yaml", "a: e\nb: größe\n".getBytes(ISO_8859_1)))
                .withMessage("a.yaml line 2: not in UTF-8; save the file in UTF-8");
    }

    @Test
    void truncatedCharacter_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileText.of("a.yaml", new byte[] {'a', (byte) 0xC3}))
                .withMessageStartingWith("a.yaml line 1: ");
    }
}
