package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.JsonLimitException;
import io.wadi.ingest.event.JsonRules;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.StrictJsonFactory;
import io.wadi.ingest.event.StrictJsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Looks whether bytes are an event: one JSON object by the {@link JsonRules}, whose numbers have at most 1,000 characters and
 * whose names 50,000 bytes.
 *
 * <p>One parser reads event after event, those that are refused too: what is wrong with one costs a message, and neither a
 * parser nor a stack trace. A parser an event costs little more as long as names come again, and 25 µs and 225 KB against 1 µs
 * where each event has a name of its own: the table of names that all parsers begin with would be copied each time. Not for
 * several threads.
 */
public final class JsonEvents {
    /** A JSON value that is no object. */
    static final Problem NO_OBJECT = new Problem("", "an event is a JSON object");
    /** Something follows the object. */
    static final Problem MORE_THAN_ONE = new Problem("", "more than one JSON value");

    /** A parser keeps the names it has read, and is given up after so many bytes. */
    private static final int BYTES_A_PARSER = 1 << 20;

    private static final int LONGEST_NAME = 50_000;

    /**
     * Its parsers are never closed: what they hold is garbage when they are, and closing would add the names that clients have
     * sent to the table that all others begin with.
     */
    private static final StrictJsonFactory JSON = new StrictJsonFactory(LONGEST_NAME);

    private StrictJsonParser parser = JSON.parser();
    private long given;

    /**
     * Looks at the bytes from one index to before another, which begin and end with what is not blank.
     *
     * @param check what is asked besides
     * @param found gets what the check finds
     * @return why they are no event, or no such event; null where they are
     * @throws MalformedJsonException where they are not JSON; with its place in these bytes
     */
    Problem problem(byte[] bytes, int from, int to, EventCheck check, Found found) throws MalformedJsonException {
        JsonRules.requireUtf8(bytes, from, to);
        if (given > BYTES_A_PARSER) {
            renewParser();
        }
        given += to - from;
        try {
            return read(bytes, from, to, check, found);
        } catch (MalformedJsonException e) {
            throw e;
        } catch (JsonLimitException e) {
            throw parser.malformed(e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            if (given == to - from) {
                throw parser.malformed(e.getOriginalMessage());
            }
            // The names of events before may be the reason: Jackson gives up a table of names that collide.
            renewParser();
            return problem(bytes, from, to, check, found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            parser.end();
        }
    }

    private void renewParser() {
        parser = JSON.parser();
        given = 0;
    }

    private Problem read(byte[] bytes, int from, int to, EventCheck check, Found found) throws IOException {
        parser.begin(bytes, from, to);
        Problem problem = NO_OBJECT;
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            problem = check.check(parser, found);
        } else {
            parser.skipChildren();
            parser.finishToken();
        }
        if (parser.isAtEnd()) {
            return problem;
        }
        parser.nextToken();
        return MORE_THAN_ONE;
    }
}
