package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The requests that every subject gets: complete, as they go over the wire. An event is a flat object of 300 bytes, of which
 * about half is text that all have and the rest is random.
 */
final class Requests {
    /** The authorization of every request, which only Wadi checks. */
    static final String AUTHORIZATION = "Bearer wadi_bench_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    /** The schema of the events. */
    static final String SCHEMA = """
            {"type":"object","required":["timestamp","userAgent","colorName","userName"],"additionalProperties":false,
             "properties":{
              "timestamp":{"type":"string","minLength":20,"maxLength":40},
              "userAgent":{"type":"string","maxLength":512},
              "colorName":{"enum":["red","green","blue","yellow","purple"]},
              "userName":{"type":"string","minLength":1,"maxLength":256}}}
            """;

    private static final int EVENT_BYTES = 300;

    /** So many different events, whatever the batches, so that a compressor does not meet the same one again soon. */
    private static final int EVENTS = 8_192;

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    private static final String BEGIN =
            "{\"timestamp\":\"2026-11-20T12:34:56.789+0900\",\"userAgent\":\"Mozilla/5.0 (X11; Linux "
                    + "x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\",\"colorName\":\"red\",\"userName\":\"";

    private Requests() {}

    /** Different events. */
    static List<byte[]> events() {
        SplittableRandom random = new SplittableRandom(EVENTS);
        return IntStream.range(0, EVENTS).mapToObj(i -> event(random)).toList();
    }

    private static byte[] event(SplittableRandom random) {
        StringBuilder event = new StringBuilder(EVENT_BYTES).append(BEGIN);
        while (event.length() < EVENT_BYTES - 2) {
            event.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return event.append("\"}").toString().getBytes(US_ASCII);
    }

    /**
     * Requests that hold all of {@link #events} once.
     *
     * @param topic where they are posted to
     * @param each events in a request: one is sent as JSON, more as NDJSON
     */
    static List<byte[]> posting(String topic, int each) {
        List<byte[]> events = events();
        return IntStream.range(0, events.size() / each)
                .mapToObj(i -> events.subList(i * each, (i + 1) * each))
                .map(some -> request(topic, some))
                .toList();
    }

    private static byte[] request(String topic, List<byte[]> events) {
        boolean single = events.size() == 1;
        byte[] body = single ? events.get(0) : lines(events);
        String head =
                "POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(
                                topic,
                                single ? "application/json" : "application/x-ndjson",
                                AUTHORIZATION,
                                body.length);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** The file of keys with the key of {@link #AUTHORIZATION}. */
    static String keys() {
        byte[] key = AUTHORIZATION.substring("Bearer ".length()).getBytes(US_ASCII);
        try {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key));
            return "keys:\n  - {name: bench, sha256: [\"%s\"], topics: [\"*\"]}\n".formatted(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The events, a line each. */
    static byte[] lines(List<byte[]> events) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (byte[] event : events) {
            lines.writeBytes(event);
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** Writes requests for {@link Wrk}: each after a line with its length. */
    static void write(List<byte[]> requests, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (byte[] each : requests) {
                out.write((each.length + "\n").getBytes(US_ASCII));
                out.write(each);
            }
        }
    }
}
