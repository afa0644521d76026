package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

/** What JSON from outside has to be: RFC 8259 in UTF-8, no deeper than {@link #DEEPEST}, with no name twice in an object. */
public final class JsonRules {
    /**
     * Levels of objects and arrays. Schemas that refer to themselves are checked level by level, each with up to 3 KB of a thread's
     * stack, of which there is 1 MB.
     */
    public static final int DEEPEST = 200;

    private JsonRules() {}

    /**
     * Parsers that refuse what is against the rules, but for some of what is no UTF-8: {@link #requireUtf8}.
     *
     * @param limits besides that on depth
     */
    public static JsonFactory parsers(StreamReadConstraints limits) {
        return new JsonFactoryBuilder()
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // UTF-8 only: an event in UTF-16 would come out with byte offsets that are none, or cut at bytes that
                // are no line.
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                // The JVM's table of strings is no place for whatever clients send.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(limits.rebuild().maxNestingDepth(DEEPEST).build())
                .build();
    }

    /**
     * Insists that the bytes from one index to before another are UTF-8.
     *
     * @throws JsonProcessingException where they are not, with the place of the first that is not
     */
    public static void requireUtf8(byte[] bytes, int from, int to) throws JsonProcessingException {
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
            throw new JsonParseException(
                    null,
                    "byte 0x%02x begins no character in UTF-8".formatted(bytes[wrong]),
                    new JsonLocation(null, wrong - from, -1, line, wrong - begin + 1));
        }
    }
}
