package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;

/**
 * The rules for JSON from clients: RFC 8259 in UTF-8, at most {@link #MAX_DEPTH} levels deep, no duplicate names in an
 * object.
 */
public final class JsonRules {
    /**
     * Maximum depth of nested objects and arrays. Validation with a recursive schema needs up to 3 KB of the 1 MB stack
     * per level.
     */
    public static final int MAX_DEPTH = 200;

    /**
     * Maximum characters of a string that is decoded, rather than skipped or copied. Decoding takes up to ten bytes a
     * character, which are not charged.
     */
    public static final int MAX_TEXT = maxText(Runtime.getRuntime().maxMemory());

    private static final int TEXT_SHARE = 64;
    private static final int LARGEST_TEXT = 20_000_000;

    private JsonRules() {}

    static int maxText(long heap) {
        return (int) Math.min(LARGEST_TEXT, heap / TEXT_SHARE);
    }

    /**
     * Requires the bytes from one index (inclusive) to another (exclusive) to be UTF-8.
     *
     * @param start the beginning of the body, to which locations are relative
     * @throws MalformedJsonException with the location of the first malformed character
     */
    static void requireUtf8(byte[] bytes, int start, int from, int to) throws MalformedJsonException {
        int malformed = Utf8.firstMalformed(bytes, from, to);
        if (malformed < to) {
            int line = 1;
            int begin = start;
            for (int i = start; i < malformed; i++) {
                if (bytes[i] == '\n') {
                    line++;
                    begin = i + 1;
                }
            }
            throw new MalformedJsonException(
                    "byte 0x%02x is not valid UTF-8".formatted(bytes[malformed]),
                    new JsonLocation(null, malformed - start, -1, line, malformed - begin + 1));
        }
    }
}
