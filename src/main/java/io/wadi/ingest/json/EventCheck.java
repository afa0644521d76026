package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.function.Consumer;

/** What is asked of an event besides being a JSON object, and its record's key: found in the pass that reads it. */
@FunctionalInterface
public interface EventCheck {
    /** Asks nothing. */
    EventCheck NONE = (parser, key) -> {
        parser.skipChildren();
        return null;
    };

    /**
     * Checks the object at whose beginning the parser stands; afterwards the parser stands at its end. It may be called a
     * second time for an event that turns out to be no JSON.
     *
     * @param key gets the record's key where the check finds one in the event; of no use where there is a problem
     * @return what is wrong, with its place in the event; null where nothing is
     * @throws IOException as the parser throws it, where the event is not JSON
     */
    Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException;
}
