package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;

/** What JSON from outside has to be: RFC 8259 in UTF-8, no deeper than {@link #DEEPEST}, with no name twice in an object. */
public final class JsonRules {
    /**
     * Levels of objects and arrays. Schemas that refer to themselves are checked level by level, each with up to 3 KB of a thread's
     * stack, of which there is 1 MB.
     */
    public static final int DEEPEST = 200;

    private JsonRules() {}

    /**
     * Insists that the bytes from one index to before another are UTF-8.
     *
     * @throws MalformedJsonException where they are not, with the place of the first that is not
     */
    public static void requireUtf8(byte[] bytes, int from, int to) throws MalformedJsonException {
        int wrong = Utf8.firstWrong(bytes, from, to);
        if (wrong < to) {
            int line = 1;
            int begin = from;
            for (int i = from; i < wrong; i++) {
                if (bytes[i] == '\n') {
                    line++;
                    begin = i + 1;
                }
            }
            throw new MalformedJsonException(
                    "byte 0x%02x begins no character in UTF-8".formatted(bytes[wrong]),
                    new JsonLocation(null, wrong - from, -1, line, wrong - begin + 1));
        }
    }
}
