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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The requests that every subject receives, complete as they are sent. An event is a flat object of 300 bytes; about
 * half of it is the same text in all events, the rest is random.
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

    /** A placeholder for the id of an event: a number sign and digits, which occur nowhere else in a request's body. */
    static final String ID = "#000000000000000";

    private static final int EVENT_BYTES = 300;

    /** Number of different events, regardless of the batches, so that a compressor does not find repetitions nearby. */
    private static final int EVENTS = 8_192;

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    private static final String BEGIN =
            "{\"timestamp\":\"2026-11-20T12:34:56.789+0900\",\"userAgent\":\"Mozilla/5.0 (X11; Linux "
                    + "x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\",\"colorName\":\"red\",\"userName\":\"";

    private Requests() {}

    /** Returns different events. */
    static List<byte[]> events() {
        return events(BEGIN);
    }

    /** Returns different events with the same {@link #ID}. */
    static List<byte[]> eventsWithId() {
        return events("{\"id\":\"" + ID + "\"," + BEGIN.substring(1));
    }

    private static List<byte[]> events(String begin) {
        SplittableRandom random = new SplittableRandom(EVENTS);
        return IntStream.range(0, EVENTS).mapToObj(i -> event(begin, random)).toList();
    }

    private static byte[] event(String begin, SplittableRandom random) {
        StringBuilder event = new StringBuilder(EVENT_BYTES).append(begin);
        while (event.length() < EVENT_BYTES - 2) {
            event.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return event.append("\"}").toString().getBytes(US_ASCII);
    }

    /**
     * Returns requests with all of {@link #events} once.
     *
     * @param topic the topic of the requests
     * @param each the number of events in a request: one is sent as JSON, more as NDJSON
     * @param ids whether each event has an {@link #ID}
     */
    static List<byte[]> posting(String topic, int each, boolean ids) {
        List<byte[]> events = ids ? eventsWithId() : events();
        return IntStream.range(0, events.size() / each)
                .mapToObj(i -> events.subList(i * each, (i + 1) * each))
                .map(some -> request(topic, some))
                .toList();
    }

    /** Returns a supplier of requests in endless rotation. */
    static Supplier<byte[]> inTurn(List<byte[]> requests) {
        AtomicInteger next = new AtomicInteger();
        return () -> requests.get(Math.floorMod(next.getAndIncrement(), requests.size()));
    }

    /** Returns a supplier of copies of requests in endless rotation, with a new id in each event. */
    static Supplier<byte[]> withNewIds(List<byte[]> requests) {
        Supplier<byte[]> templates = inTurn(requests);
        AtomicLong last = new AtomicLong();
        return () -> {
            byte[] request = templates.get().clone();
            for (int at = 0; at < request.length; at++) {
                if (request[at] == ID.charAt(0)) {
                    long rest = last.incrementAndGet();
                    for (int digit = ID.length() - 1; digit > 0; digit--) {
                        request[at + digit] = (byte) ('0' + rest % 10);
                        rest /= 10;
                    }
                }
            }
            return request;
        };
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

    /** Returns the file of keys with the key of {@link #AUTHORIZATION}. */
    static String keys() {
        return "keys:\n  - {name: bench, sha256: [\"%s\"], topics: [\"*\"]}\n".formatted(keyHash());
    }

    /** Returns the SHA-256 of the key of {@link #AUTHORIZATION}, in hexadecimal digits. */
    static String keyHash() {
        byte[] key = AUTHORIZATION.substring("Bearer ".length()).getBytes(US_ASCII);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the events, one per line. */
    static byte[] lines(List<byte[]> events) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (byte[] event : events) {
            lines.writeBytes(event);
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** Writes requests for {@link Wrk}, each preceded by a line with its length. */
    static void write(List<byte[]> requests, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (byte[] each : requests) {
                out.write((each.length + "\n").getBytes(US_ASCII));
                out.write(each);
            }
        }
    }
}
