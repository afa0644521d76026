package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import io.wadi.ingest.event.Problem;
import java.io.IOException;

/** A validation of an event, which is a JSON object, that extracts fields of its record in the same pass. */
@FunctionalInterface
public interface EventCheck {
    /** Accepts every object. */
    EventCheck NONE = (parser, fields) -> {
        parser.skipChildren();
        return null;
    };

    /**
     * Checks the object that starts at the parser's current token and moves the parser to the object's end. May be
     * called twice for an event that is not JSON.
     *
     * @param fields receives the extracted fields; undefined if there is a problem
     * @return the problem with its location in the event; null if there is none
     * @throws IOException from the parser, if the event is not JSON
     */
    Problem check(JsonParser parser, ExtractedFields fields) throws IOException;
}
