package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import io.wadi.ingest.event.Problem;
import java.io.IOException;

/** What is asked of an event besides being a JSON object, and what of its record is found in the pass that reads it. */
@FunctionalInterface
public interface EventCheck {
    /** Asks nothing. */
    EventCheck NONE = (parser, found) -> {
        parser.skipChildren();
        return null;
    };

    /**
     * Checks the object at whose beginning the parser stands; afterwards the parser stands at its end. It may be called a
     * second time for an event that turns out to be no JSON.
     *
     * @param found gets what the check finds in the event; of no use where there is a problem
     * @return what is wrong, with its place in the event; null where nothing is
     * @throws IOException as the parser throws it, where the event is not JSON
     */
    Problem check(JsonParser parser, Found found) throws IOException;
}
