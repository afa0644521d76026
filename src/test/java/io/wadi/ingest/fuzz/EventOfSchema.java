package io.wadi.ingest.fuzz;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.regex.Pattern;

/** The schema of topics with a schema, and a check of records that is independent of Wadi's: on a tree of the JSON. */
final class EventOfSchema {
    static final String SCHEMA = """
            {"type":"object","required":["id","n"],
             "properties":{"id":{"type":"string","pattern":"^fz[0-9a-f]{16}$"},"n":{"type":"integer","minimum":0,"maximum":999999}}}
            """;

    private static final Pattern ID = Pattern.compile("fz[0-9a-f]{16}");
    private static final double MOST = 999_999;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private EventOfSchema() {}

    /** Returns whether a value is JSON without duplicate names that matches the schema. */
    static boolean is(byte[] value) {
        try {
            JsonNode event = JSON.readTree(value);
            JsonNode id = event.path("id");
            JsonNode n = event.path("n");
            return id.isTextual() && ID.matcher(id.textValue()).matches() && n.isNumber() && isWhole(n.doubleValue());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isWhole(double n) {
        return n >= 0 && n <= MOST && n == Math.rint(n);
    }
}
