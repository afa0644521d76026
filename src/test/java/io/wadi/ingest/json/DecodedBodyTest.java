package io.wadi.ingest.json;

import static io.wadi.testing.Fixtures.gzip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DecodedBodyTest {
    private static final BodyLimits LIMITS = new BodyLimits(3 << 20, 50, 1 << 20, 1000);
    private final AtomicLong taken = new AtomicLong();

    @Test
    void body_isDecoded() throws IOException {
        byte[] body = new byte[1_500_000];
        new Random(7).nextBytes(body);

        assertThat(decoded(gzip(body), "gzip")).isEqualTo(body);
        assertThat(taken).hasValue(body.length);
        assertThat(decoded(Zstd.compress(body), "ZSTD")).isEqualTo(body);
    }

    @Test
    void longBody_isDecodedInSteps() throws IOException {
        byte[] body = new byte[1_500_000];
        new Random(7).nextBytes(body);
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);
        int steps = 0;
        try (DecodedBody decoding = new DecodedBody(gzip(body), "gzip", LIMITS, lease)) {
            byte[] decoded = decoding.decode(() -> true);
            for (; decoded == null; steps++) {
                decoded = decoding.decode(() -> true);
            }
            assertThat(decoded).isEqualTo(body);
        }

        assertThat(steps).isGreaterThan(10);
        assertThat(lease.held()).isEqualTo(body.length);
    }

    /** Otherwise 8 MiB of blocks without content would occupy the event loop in one step. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void longBodyThatDecodesToNothing_isDecodedInSteps(String coding) throws IOException {
        byte[] body = coding.equals("gzip") ? paddedTo(gzip("text".getBytes(UTF_8)), 1 << 20) : emptyBlocks(1 << 20);
        AtomicInteger steps = new AtomicInteger();
        byte[] decoded;
        try (DecodedBody decoding = new DecodedBody(body, coding, LIMITS, new LimitedLease(Long.MAX_VALUE))) {
            decoded = decoding.decode(() -> steps.incrementAndGet() < 0);
        }

        assertThat(decoded).asString(UTF_8).isEqualTo(coding.equals("gzip") ? "text" : "");
        assertThat(steps).hasValueGreaterThanOrEqualTo(16);
    }

    /** Returns a frame of zstd with raw blocks of length 0. */
    private static byte[] emptyBlocks(int length) {
        ByteBuffer frame = ByteBuffer.allocate(length);
        frame.put(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, 0});
        while (frame.remaining() >= 6) {
            frame.put(new byte[] {0, 0, 0});
        }
        frame.put(new byte[] {1, 0, 0});
        return Arrays.copyOf(frame.array(), frame.position());
    }

    @Test
    void unencodedBody_isNotCopied() {
        byte[] body = "text".getBytes(UTF_8);

        assertThat(decoded(body, "")).isSameAs(body);
        assertThat(decoded(body, "identity")).isSameAs(body);
        assertThat(taken).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "2097152, 413, the body decompresses to more than 50 times",
        "3145729, 413, the body is longer than 3145728 bytes"
    })
    void bodyTooLargeWhenDecompressed_isRejected(int length, int status, String reason) throws IOException {
        byte[] bomb = gzip(new byte[length]);
        byte[] padded = length > 3 << 20 ? paddedTo(bomb, length / 40) : bomb;

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decoded(padded, "gzip"))
                .withMessageStartingWith(reason)
                .satisfies(e -> assertThat(e.status()).isEqualTo(status));
        assertThat(taken).hasValueLessThanOrEqualTo(LIMITS.maxBody());
    }

    /** Extends gzip's header with a long name, so that the compression ratio stays low. */
    private static byte[] paddedTo(byte[] gzip, int length) {
        byte[] padded = new byte[length];
        Arrays.fill(padded, (byte) 'n');
        System.arraycopy(gzip, 0, padded, 0, 10);
        padded[3] = 8;
        int rest = gzip.length - 10;
        System.arraycopy(gzip, 10, padded, length - rest, rest);
        padded[length - rest - 1] = 0;
        return padded;
    }

    @Test
    void bodyBeyondTheMemoryLimit_is503() throws IOException {
        byte[] body = gzip(new byte[1 << 20]);

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> DecodedBody.of(body, "gzip", LIMITS, new LimitedLease(500_000)))
                .satisfies(e -> assertThat(e.status()).isEqualTo(503));
    }

    @Test
    void bodyThatDoesNotMatchItsEncoding_isRejected() throws IOException {
        byte[] whole = gzip("text".getBytes(UTF_8));

        for (byte[] broken : new byte[][] {Arrays.copyOf(whole, whole.length - 1), "text".getBytes(UTF_8), {}}) {
            assertThatExceptionOfType(RequestException.class)
                    .isThrownBy(() -> decoded(broken, "gzip"))
                    .satisfies(e -> assertThat(e.status()).isEqualTo(400));
        }
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decoded(whole, "br"))
                .satisfies(e -> assertThat(e.status()).isEqualTo(415));
    }

    private byte[] decoded(byte[] body, String coding) {
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);
        try {
            return DecodedBody.of(body, coding, LIMITS, lease);
        } finally {
            taken.set(lease.held());
        }
    }
}
