package io.wadi.ingest.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {
    /** Well-formed bytes before the malformed ones; they exceed the eight bytes that are checked together. */
    private static final String BEFORE = "0123456789 é 한 🐪 ";

    @ParameterizedTest
    @CsvSource({
        "80",
        "bf",
        "c0af",
        "c1bf",
        "c2",
        "c241",
        "e08080",
        "e09fbf",
        "eda080",
        "edbfbf",
        "e282",
        "e28241",
        "f0808080",
        "f08fbfbf",
        "f4908080",
        "f5808080",
        "f09f90",
        "f09f9041",
        "ff",
        "fe"
    })
    void malformedSequence_isFoundAtItsFirstByte(String hex) {
        byte[] before = BEFORE.getBytes(UTF_8);
        byte[] wrong = HexFormat.of().parseHex(hex);
        byte[] bytes = ByteBuffer.allocate(before.length + wrong.length + 2)
                .put(before)
                .put(wrong)
                .put(new byte[] {'a', 'b'})
                .array();

        assertThat(Utf8.firstMalformed(bytes, 0, bytes.length)).isEqualTo(before.length);
        assertThat(Utf8.firstMalformed(bytes, 0, before.length)).isEqualTo(before.length);
    }

    @Test
    void eachCharacter_isWellFormed() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(point).getBytes(UTF_8);

                assertThat(Utf8.firstMalformed(bytes, 0, bytes.length))
                        .as("U+%X", point)
                        .isEqualTo(bytes.length);
            }
        }
    }

    @Test
    void anyBytes_areValidatedLikeTheJdk() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = BEFORE.repeat(2).getBytes(UTF_8);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }

            assertThat(Utf8.firstMalformed(bytes, 0, bytes.length) == bytes.length)
                    .as("seed %d, %s", seed, HexFormat.of().formatHex(bytes))
                    .isEqualTo(isDecoded(bytes));
        }
    }

    private static boolean isDecoded(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
