package io.wadi.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdOutputStream;
import io.wadi.bench.siege.HostileKind.Volley;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Bodies and requests of hostile clients. Bodies that are expensive to create are created once. */
final class Payloads {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 64 << 10;
    private static final String JSON = "Content-Type: application/json";
    private static final String NDJSON = "Content-Type: application/x-ndjson";

    private Payloads() {}

    private interface Compressor {
        OutputStream to(OutputStream out) throws IOException;
    }

    // ---- requests

    /** Returns nothing: the connection itself is the attack. */
    static Volley nothing() {
        return shot -> new byte[0];
    }

    /** Returns the same bytes each time. */
    static Volley text(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return shot -> bytes;
    }

    /** Returns a GET with these headers and Host. */
    static Volley get(String path, String... headers) {
        return text(head("GET " + path, headers));
    }

    /** Returns a POST of events with Host, the content type and a further header, followed by these bytes. */
    static Volley posting(String header, String then) {
        return shot -> (head(post(shot), JSON, header) + then).getBytes(ISO_8859_1);
    }

    /** Returns a GET with 4,000 headers of one byte, below the limit of their size, and no end. */
    static Volley tinyHeaders() {
        return text("GET / HTTP/1.1\r\nHost: localhost\r\n" + "a:\r\n".repeat(4_000));
    }

    /** Returns a POST of one CloudEvent in chunks of one byte, without its end. */
    static Volley byteChunks() {
        String chunks = "1\r\n \r\n".repeat(300_000);
        return shot -> (head(post(shot), "Content-Type: application/cloudevents+json", "Transfer-Encoding: chunked")
                        + chunks)
                .getBytes(ISO_8859_1);
    }

    /** Returns a POST of the same JSON each time. */
    static Volley json(Supplier<byte[]> body) {
        Supplier<byte[]> once = once(body);
        return shot -> whole(shot, once.get(), JSON);
    }

    /** Returns a POST of the same NDJSON each time, in a content coding. */
    static Volley compressed(String coding, Supplier<byte[]> body) {
        return unfinished(coding, 0, body);
    }

    /** Returns a POST of compressed NDJSON without its last bytes. */
    static Volley unfinished(String coding, int missing, Supplier<byte[]> body) {
        Supplier<byte[]> once = once(body);
        return shot -> {
            byte[] all = whole(shot, once.get(), NDJSON, "Content-Encoding: " + coding);
            return Arrays.copyOf(all, all.length - missing);
        };
    }

    /** Returns a POST that announces one of these lengths, in rotation, and begins with lines that are events. */
    static Volley announced(long... lengths) {
        return shot -> {
            long length = lengths[(int) (shot.number() % lengths.length)];
            String lines = "{\"colorName\":\"red\"}\n".repeat((int) Math.min(length - 1, MIB / 4) / 20);
            return (head(post(shot), NDJSON, "Content-Length: " + length) + lines).getBytes(ISO_8859_1);
        };
    }

    /** Returns a POST of an event without the header Host. */
    static Volley noHost() {
        String event = "{\"colorName\":\"red\"}";
        return shot -> "%s HTTP/1.1\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(post(shot), JSON, event.length(), event)
                .getBytes(ISO_8859_1);
    }

    /** Returns a GET with headers without an end. */
    static Volley manyHeaders() {
        String head = head("GET /api/select?color=red&user=siege", "X-Slow: " + "s".repeat(4_000));
        return text(head.substring(0, head.length() - 4));
    }

    /** Returns a POST of an event with a header, in which {@code %d} is a placeholder for its number. */
    static Volley event(String header) {
        byte[] event = ascii("{\"colorName\":\"red\"}");
        return shot -> whole(shot, event, JSON, header.formatted(shot.number()));
    }

    /** Returns a POST of an event with an id that no other event has, to the topic that stores each id once. */
    static Volley idempotencyKeys() {
        return shot -> {
            String event = "{\"colorName\":\"red\"}";
            String head = head(
                    "POST /events/" + shot.target().deduplicatedTopic(),
                    JSON,
                    "Idempotency-Key: siege-" + shot.number(),
                    "Content-Length: " + event.length());
            return ascii(head + event);
        };
    }

    /** Returns a POST of a number of events, one per line. */
    static Volley events(int count) {
        byte[] lines = ascii("{\"colorName\":\"red\"}\n".repeat(count));
        return shot -> whole(shot, lines, NDJSON);
    }

    /** Returns a POST of a batch of CloudEvents of one byte each, 8 MiB of them. */
    static Volley tinyCloudEvents() {
        Supplier<byte[]> once = once(() -> gzip(array("0", "1", 4 * MIB - 1)));
        return shot ->
                whole(shot, once.get(), "Content-Type: application/cloudevents-batch+json", "Content-Encoding: gzip");
    }

    /** Returns a POST of objects of two bytes each in place of receipts, 8 MiB of them. */
    static Volley tinyReceipts() {
        Supplier<byte[]> once = once(() -> {
            byte[] body = gzip(array("{}", "[]", 8 * MIB / 3 - 1));
            String head = head("POST /receipts", JSON, "Content-Encoding: gzip", "Content-Length: " + body.length);
            return concat(ascii(head), body);
        });
        return shot -> once.get();
    }

    /** Returns a POST of records of one byte each, as many as the Kafka REST API accepts. */
    static Volley tinyRecords() {
        Supplier<byte[]> once = once(() ->
                gzip(concat(ascii("{\"records\":"), array("{\"value\":1}", "{\"value\":2}", 100_000), ascii("}"))));
        return shot -> {
            String head = head(
                    "POST /topics/" + shot.target().topic(),
                    "Content-Type: application/vnd.kafka.json.v2+json",
                    "Content-Encoding: gzip",
                    "Content-Length: " + once.get().length);
            return concat(ascii(head), once.get());
        };
    }

    /** Returns a POST of an event with the document id of another event. */
    static Volley forgedIds() {
        return shot -> whole(
                shot,
                ascii("{\"colorName\":\"forged\"}"),
                JSON,
                "Idempotency-Key: %s+%d+%d".formatted(shot.target().topic(), shot.number() % 3, 1_000 + shot.number()));
    }

    /** Returns a POST of lines with field names that no other event has. */
    static Volley distinctNames() {
        return shot -> whole(shot, distinctNames(shot.number()), NDJSON);
    }

    /** Returns a POST of an event with an unsigned token. */
    static Volley forgedTokens() {
        return shot -> whole(
                shot, ascii("{\"colorName\":\"red\"}"), JSON, "Authorization: Bearer " + forgedToken(shot.number()));
    }

    /** Returns a login with a wrong password. */
    static Volley logins() {
        return shot -> {
            String body = "{\"user\":\"otto\",\"password\":\"guess-%d\"}".formatted(shot.number());
            return (head("POST /api/session", JSON, "Content-Length: " + body.length()) + body).getBytes(ISO_8859_1);
        };
    }

    /** Returns a POST with a chunk size of too many digits. */
    static Volley endlessChunkSize() {
        return posting("Transfer-Encoding: chunked", "0".repeat(100_000));
    }

    /** Returns a POST with both Content-Length and Transfer-Encoding. */
    static Volley lengthAndChunks() {
        return shot -> (head(post(shot), JSON, "Content-Length: 4", "Transfer-Encoding: chunked")
                        + "2\r\n{}\r\n0\r\n\r\n")
                .getBytes(ISO_8859_1);
    }

    /** Returns a GET with a megabyte of headers. */
    static Volley largeHeaders() {
        return get("/api/select?color=red&user=siege", "X-Large: " + "l".repeat(MIB));
    }

    /** Returns a number of repetitions of a volley, each with its own shot number. */
    static Volley times(int times, Volley each) {
        return shot -> {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < times; i++) {
                all.writeBytes(
                        each.of(new Shot(shot.target(), shot.number() * times + i, shot.onConnection() * times + i)));
            }
            return all.toByteArray();
        };
    }

    private static String post(Shot shot) {
        return "POST /events/" + shot.target().topic();
    }

    private static String head(String line, String... headers) {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: siege\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static byte[] whole(Shot shot, byte[] body, String... headers) {
        String[] all = Stream.concat(Stream.of(headers), Stream.of("Content-Length: " + body.length))
                .toArray(String[]::new);
        return concat(head(post(shot), all).getBytes(ISO_8859_1), body);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static Supplier<byte[]> once(Supplier<byte[]> body) {
        return new Supplier<>() {
            private byte[] made;

            @Override
            public synchronized byte[] get() {
                if (made == null) {
                    made = body.get();
                }
                return made;
            }
        };
    }

    // ---- bodies

    static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    static byte[] gzippedLargeEvent() {
        return gzip(largeEvent());
    }

    static byte[] zstdLargeEvent() {
        return compressed(largeEvent(), 1, ZstdOutputStream::new);
    }

    /** Returns an event of a megabyte with a text that ends only at the end of the compressed body. */
    private static byte[] largeEvent() {
        return ascii("{\"a\":\"" + "x".repeat(1_000_000) + "\"}");
    }

    private static byte[] gzip(byte[] content) {
        return compressed(content, 1, GZIPOutputStream::new);
    }

    static byte[] nestedGzip() {
        return gzip(gzipBomb());
    }

    /** A quarter of a GiB of blanks. */
    static byte[] gzipBomb() {
        return compressed(blanks(), 256 * MIB / BLOCK, GZIPOutputStream::new);
    }

    /** A quarter of a GiB of blanks. */
    static byte[] zstdBomb() {
        return compressed(blanks(), 256 * MIB / BLOCK, ZstdOutputStream::new);
    }

    /** Returns the header of a frame with a window of 8 MiB, and the beginning of its first block. */
    static byte[] zstdWindow() {
        return new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x00, 0x68, 0x00, 0x00, 0x10, 'x', 'x', 'x', 'x'};
    }

    private static byte[] blanks() {
        byte[] blanks = new byte[BLOCK];
        Arrays.fill(blanks, (byte) ' ');
        return blanks;
    }

    private static byte[] compressed(byte[] content, int times, Compressor compressor) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.to(bytes)) {
            for (int i = 0; i < times; i++) {
                out.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Returns lines that are JSON but not events. */
    static byte[] tinyLines() {
        return gzip(ascii("1\n".repeat(524_288)));
    }

    /** Returns an array of elements, a few of which differ, so that its compression ratio is below the limit. */
    private static byte[] array(String element, String other, int count) {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder array = new StringBuilder("[").append(element);
        for (int i = 1; i < count; i++) {
            array.append(',').append(random.nextInt(32) == 0 ? other : element);
        }
        return ascii(array.append(']').toString());
    }

    static byte[] deep() {
        return ascii("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    }

    /** Returns an object with many fields, but fewer than an event may have. */
    static byte[] wide() {
        StringBuilder wide = new StringBuilder("{\"m0\":0");
        for (int i = 1; i < 100_000; i++) {
            wide.append(",\"").append(Integer.toString(i, Character.MAX_RADIX)).append("\":0");
        }
        return ascii(wide.append('}').toString());
    }

    static byte[] exponent() {
        return ascii("{\"amount\":1e999999999}");
    }

    static byte[] digits() {
        return ascii("{\"amount\":" + "7".repeat(100_000) + "}");
    }

    static byte[] invalidUtf8() {
        return concat(ascii("{\"a\":\""), new byte[] {(byte) 0xc3, 0x28, (byte) 0xff, (byte) 0xfe}, ascii("\"}"));
    }

    /** Returns events with field names that no other event has. */
    private static byte[] distinctNames(long number) {
        SplittableRandom random = new SplittableRandom(number);
        StringBuilder lines = new StringBuilder();
        for (int event = 0; event < 10; event++) {
            lines.append("{\"x\":0");
            for (int name = 0; name < 500; name++) {
                lines.append(",\"")
                        .append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX))
                        .append("\":0");
            }
            lines.append("}\n");
        }
        return ascii(lines.toString());
    }

    /** Returns a token with an invalid signature that is as long as one of RSA. */
    private static String forgedToken(long number) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        UnaryOperator<String> encoded = text -> base64.encodeToString(ascii(text));
        byte[] signature = new byte[256];
        new SplittableRandom(number).nextBytes(signature);
        signature[0] = 0;
        return encoded.apply("{\"alg\":\"RS256\",\"kid\":\"siege\"}")
                + "."
                + encoded.apply(
                        "{\"iss\":\"siege\",\"aud\":\"wadi\",\"sub\":\"s%d\",\"exp\":4102444800,\"topics\":[\"*\"]}"
                                .formatted(number))
                + "."
                + base64.encodeToString(signature);
    }
}
