package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.JsonRules;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.ReusedParser;
import io.wadi.ingest.event.StrictJsonFactory;
import io.wadi.ingest.event.StrictJsonParser;
import java.io.IOException;

/**
 * A validator of events: each must be one JSON object that conforms to the {@link JsonRules} and the limits of {@link
 * StrictJsonFactory}. Not thread-safe.
 */
public final class JsonEvents {
    static final Problem NO_OBJECT = new Problem("", "expected a JSON object");
    static final Problem MORE_THAN_ONE = new Problem("", "more than one JSON value");

    private static final int MAX_PARSER_BYTES = 256 << 10;

    private final ReusedParser parser = new ReusedParser(MAX_PARSER_BYTES);

    /**
     * Checks the event from one index (inclusive) to another (exclusive), which has no whitespace at its ends.
     *
     * @param check further validation
     * @param fields receives the fields that the check extracts
     * @return the problem; null if the event is valid
     * @throws MalformedJsonException if the bytes are not JSON, with the location in these bytes
     */
    Problem problem(byte[] bytes, int from, int to, EventCheck check, ExtractedFields fields)
            throws MalformedJsonException {
        return parser.read(bytes, from, to, reading -> read(reading, check, fields));
    }

    private static Problem read(StrictJsonParser parser, EventCheck check, ExtractedFields fields) throws IOException {
        Problem problem = NO_OBJECT;
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            problem = check.check(parser, fields);
        } else {
            parser.skipChildren();
        }
        return parser.isAtEnd() || parser.nextToken() == null ? problem : MORE_THAN_ONE;
    }
}
