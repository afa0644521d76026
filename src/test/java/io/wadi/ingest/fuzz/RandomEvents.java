package io.wadi.ingest.fuzz;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** JSON events, each with a unique id, and bytes that only resemble events. */
final class RandomEvents {
    private static final List<String> ODD_MEMBERS = List.of(
            "1e999999",
            "-1E-999999",
            "1.7976931348623157e309",
            "NaN",
            "-Infinity",
            "01",
            "0x10",
            "+1",
            ".5",
            "1.",
            "-",
            "--1",
            "'single'",
            "undefined",
            "nul",
            "True",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\u12\"",
            "\"\\x\"",
            "\"\t\"",
            "\"\u0000\"",
            "\"unterminated",
            "/* comment */ 1",
            "[1,]",
            "{,}",
            "{\"a\"}",
            "{\"a\":1,\"a\":2}",
            "{\"id\":1}",
            "1,\"n\":2",
            "1,\"id\":\"\"",
            "1,\"\\u0069d\":\"\"",
            "1.0",
            "1e2",
            "1e-2",
            "1000000",
            "\"\uFEFF\"",
            "\"\u2028\"",
            "[1 2]",
            "1}{",
            "1},{\"x\":1",
            "]");

    private final SplittableRandom random;

    RandomEvents(SplittableRandom random) {
        this.random = random;
    }

    /** Returns an id that is unique in this run. */
    String id() {
        return "fz" + HexFormat.of().toHexDigits(random.nextLong());
    }

    /** Returns an event that matches the schema of {@code fuzz-strict}. */
    byte[] valid() {
        StringBuilder event = new StringBuilder("{\"id\":\"" + id() + "\", \"n\": " + random.nextInt(1_000_000));
        for (int i = random.nextInt(4); i > 0; i--) {
            event.append(",\"m").append(i).append("\":").append(value(3));
        }
        return event.append('}').toString().getBytes(UTF_8);
    }

    private String value(int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> Long.toString(random.nextLong());
            case 1 -> Double.toString(random.nextDouble());
            case 2 -> "\"김철수 😀 \\u00e9\\n\\\\ \\ud83d\\ude00\"";
            case 3 -> random.nextBoolean() ? "null" : "true";
            case 4 -> "\"" + "x".repeat(random.nextInt(60)) + "\"";
            case 5 -> "[" + value(depth - 1) + ", " + value(depth - 1) + "]";
            default -> "{\"a\": " + value(depth - 1) + ",\"b\":" + value(depth - 1) + "}";
        };
    }

    /** Returns a line that may be an event. */
    byte[] oddLine() {
        byte[] odd = odd();
        for (byte each : odd) {
            if (each == '\n') {
                return Bytes.of("{\"id\":\"" + id() + "\"");
            }
        }
        return new String(odd, UTF_8).isBlank() ? Bytes.of("?") : odd;
    }

    /** Returns random bytes that may be an event. */
    byte[] odd() {
        String begin = "{\"id\":\"" + id() + "\",\"n\":";
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> (begin + ODD_MEMBERS.get(random.nextInt(ODD_MEMBERS.size())) + "}").getBytes(UTF_8);
            case 3 -> nested(begin);
            case 4 -> (begin + "9".repeat(1 + random.nextInt(5000)) + "}").getBytes(UTF_8);
            case 5 -> encodedOtherwise();
            case 6 -> (begin + "1" + ",\"k\":1".repeat(1 + random.nextInt(500)) + "}").getBytes(UTF_8);
            case 7 -> Bytes.join(Bytes.of(begin + "\""), noise(1 + random.nextInt(30)), Bytes.of("\"}"));
            case 8 -> noise(random.nextInt(200));
            case 9 -> large(begin);
            default -> Bytes.corrupt(valid(), random);
        };
    }

    private byte[] nested(String begin) {
        int depth = 1 << random.nextInt(1, 15);
        boolean closed = random.nextBoolean();
        return random.nextBoolean()
                ? Bytes.of(begin + "[".repeat(depth) + (closed ? "]".repeat(depth) + "}" : ""))
                : Bytes.of(begin + "{\"a\":".repeat(depth) + "1" + (closed ? "}".repeat(depth + 1) : ""));
    }

    /** Most values are short, since large ones take time. */
    private byte[] large(String begin) {
        int length = random.nextInt(8) == 0 ? 60_000 + random.nextInt(20_000) : random.nextInt(2000);
        return Bytes.of(begin + "\"" + "y".repeat(length) + "\"}");
    }

    private byte[] encodedOtherwise() {
        String valid = new String(valid(), UTF_8);
        return switch (random.nextInt(3)) {
            case 0 -> valid.getBytes(UTF_16LE);
            case 1 -> ("\uFEFF" + valid).getBytes(UTF_8);
            default -> Bytes.of(valid.replace("\"n\"", "\"\u00e9\u00ff\""));
        };
    }

    byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }
}
