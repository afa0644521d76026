package io.wadi.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void indexOf_inAnyBytes_isTheFirstOne() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            // Bytes that a faulty search could take for a newline: its neighbors, and bytes that differ in one bit.
            byte[] similar = {'\n', 0x0B, 0x09, 0x1A, (byte) 0x8A, 0x02, 0x00, (byte) 0x80, (byte) 0xFF};
            for (int j = 0; j < bytes.length; j++) {
                if (random.nextInt(3) == 0) {
                    bytes[j] = similar[random.nextInt(random.nextInt(8) == 0 ? 1 : similar.length)];
                }
            }
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            int first = new String(bytes, from, to - from, ISO_8859_1).indexOf('\n');

            assertThat(Bytes.indexOf(bytes, from, to, (byte) '\n'))
                    .as("%d to %d of %s", from, to, Arrays.toString(bytes))
                    .isEqualTo(first < 0 ? -1 : from + first);
        }
    }
}
