package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Decoders return exactly the input of third-party encoders, in pieces of any size. */
class DecoderTest {
    private enum Coding {
        GZIP("gzip"),
        ZSTD("zstd");

        private final String name;

        Coding(String name) {
            this.name = name;
        }

        byte[] encode(byte[] plain) {
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            try (OutputStream out =
                    this == GZIP ? new GZIPOutputStream(encoded) : new ZstdOutputStreamNoFinalizer(encoded)) {
                out.write(plain);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return encoded.toByteArray();
        }
    }

    @Property(tries = 300)
    void bodyOfSeveralMembers_inAnyPieces_isDecoded(
            @ForAll Coding coding, @ForAll("plain") List<byte[]> members, @ForAll("sizes") List<Integer> sizes) {
        byte[] encoded = joined(members.stream().map(coding::encode).toList());

        assertThat(decode(coding.name, Bodies.pieces(encoded, sizes))).isEqualTo(joined(members));
    }

    @Property(tries = 300)
    void truncatedBody_isRejected(@ForAll Coding coding, @ForAll("plain") List<byte[]> members, @ForAll Random random) {
        byte[] encoded = coding.encode(joined(members));
        byte[] cut = Arrays.copyOf(encoded, random.nextInt(1, encoded.length));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode(coding.name, List.of(cut)))
                .withMessageStartingWith("the body is not " + coding.name)
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @Property(tries = 300)
    void bodyFollowedByOtherBytes_isRejected(
            @ForAll Coding coding, @ForAll("plain") List<byte[]> members, @ForAll byte[] more) {
        byte[] followed = joined(List.of(coding.encode(joined(members)), new byte[] {0}, more));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode(coding.name, List.of(followed)))
                .withMessageStartingWith("the body is not " + coding.name);
    }

    @Property(tries = 4)
    void tooManyEmptyMembers_areRejected(@ForAll Coding coding) {
        List<byte[]> some = Collections.nCopies(1000, coding.encode(new byte[0]));
        List<byte[]> many = Collections.nCopies(1001, coding.encode(new byte[0]));

        assertThat(decode(coding.name, List.of(joined(some)))).isEmpty();
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode(coding.name, List.of(joined(many))))
                .withMessageStartingWith("the body is not " + coding.name + ": more than 1,000 of its");
    }

    /** Gzip has a checksum of its content; only its header has bits without a meaning. */
    @Property(tries = 300)
    void gzipWithABitFlipped_isRejectedOrUnchanged(@ForAll("plain") List<byte[]> members, @ForAll Random random) {
        byte[] plain = joined(members);
        byte[] turned = Coding.GZIP.encode(plain);
        int at = random.nextInt(turned.length);
        turned[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));

        try {
            assertThat(decode("gzip", List.of(turned))).isEqualTo(plain);
        } catch (RequestException refused) {
            assertThat(refused.status()).isEqualTo(400);
        }
    }

    @Example
    void gzip_withAllHeaderFields_isRead() {
        byte[] encoded = Coding.GZIP.encode("{}".getBytes(UTF_8));
        byte[] fixed = Arrays.copyOf(encoded, 10);
        fixed[3] = 0b1_1111;
        byte[] header = joined(List.of(fixed, new byte[] {3, 0, 1, 0, 2}, new byte[] {'n', 0}, new byte[] {0}));
        CRC32 checksum = new CRC32();
        checksum.update(header);
        byte[] sum = {(byte) checksum.getValue(), (byte) (checksum.getValue() >>> 8)};
        byte[] rest = Arrays.copyOfRange(encoded, 10, encoded.length);

        assertThat(decode("gzip", List.of(joined(List.of(header, sum, rest)))))
                .asString(UTF_8)
                .isEqualTo("{}");
        sum[0]++;
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode("gzip", List.of(joined(List.of(header, sum, rest)))))
                .withMessage("the body is not gzip: its header checksum does not match");
    }

    @Example
    void gzip_empty_isRejected() {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode("gzip", List.of()))
                .withMessage("the body is not gzip: it ends early");
    }

    @Example
    void zstd_withATooLargeWindow_isRejected() throws IOException {
        assertThat(decode("zstd", List.of(zstd(23)))).hasSize(1 << 20);
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> decode("zstd", List.of(zstd(24))))
                .withMessageContaining("too much memory");
    }

    private static byte[] zstd(int windowLog) throws IOException {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStreamNoFinalizer(encoded).setLong(windowLog)) {
            out.write(new byte[1 << 20]);
        }
        return encoded.toByteArray();
    }

    @Example
    void unknownEncoding_isUnsupported() {
        for (String encoding : List.of("br", "gzip, gzip", "deflate", "compress", "gzip;q=1")) {
            assertThatExceptionOfType(RequestException.class)
                    .isThrownBy(() -> Decoder.of(encoding, new LimitedLease(Long.MAX_VALUE)))
                    .withMessage("unsupported Content-Encoding; send gzip, zstd or an unencoded body")
                    .satisfies(e -> assertThat(e.status()).isEqualTo(415));
        }
        for (String encoding : List.of("", " identity", "GZIP", "x-gzip", "Zstd ")) {
            Decoder.of(encoding, new LimitedLease(Long.MAX_VALUE)).close();
        }
    }

    @Example
    void decompressionBomb_isRejectedEarly() {
        byte[] bomb = new byte[200 << 20];
        for (Coding coding : Coding.values()) {
            assertThat(Bodies.outcome(BodyFormat.LINES, coding.name, Bodies.LIMITS, List.of(coding.encode(bomb))))
                    .isEqualTo(new Bodies.Outcome(
                            List.of(), "413 the body decompresses to more than 100 times its received size"));
        }
    }

    @Example
    void tooLargeBody_isRejected_compressedOrNot() {
        BodyLimits limits = new BodyLimits(1 << 16, 1000, 1 << 20, 1000);
        byte[] body = ("{}\n" + " ".repeat((1 << 16) - 3)).getBytes(UTF_8);
        byte[] larger = Arrays.copyOf(body, body.length + 1);
        larger[body.length] = ' ';

        assertThat(Bodies.outcome(BodyFormat.LINES, "", limits, List.of(body)).end())
                .isNull();
        assertThat(Bodies.outcome(BodyFormat.LINES, "", limits, List.of(larger)).end())
                .isEqualTo("413 the body is longer than 65536 bytes");
        byte[] encoded = Zstd.compress(larger);
        assertThat(Bodies.outcome(BodyFormat.LINES, "zstd", limits, List.of(encoded))
                        .end())
                .isEqualTo("413 the body is longer than 65536 bytes, decompressed");
    }

    private static byte[] decode(String encoding, List<byte[]> pieces) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        try (Decoder decoder = Decoder.of(encoding, new LimitedLease(Long.MAX_VALUE))) {
            Iterator<byte[]> left = pieces.iterator();
            while (true) {
                ByteBuffer piece = decoder.next();
                if (piece != null) {
                    decoded.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                } else if (left.hasNext()) {
                    decoder.push(ByteBuffer.wrap(left.next()));
                } else {
                    decoder.end();
                    return decoded.toByteArray();
                }
            }
        }
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        parts.forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    /** Members that compress well or badly, some of them several times larger than a decoder's buffer. */
    @Provide
    Arbitrary<List<byte[]>> plain() {
        Arbitrary<byte[]> random = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<byte[]> repeated = Arbitraries.integers()
                .between(0, 300_000)
                .map(length -> "{\"a\":1}\n".repeat(length / 8).getBytes(UTF_8));
        return Arbitraries.oneOf(random, repeated).list().ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.integers().between(1, 100_000))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }
}
