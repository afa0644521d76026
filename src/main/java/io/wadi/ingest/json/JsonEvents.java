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
 * A validator of events: each must be one JSON object that conforms to the {@link JsonRules} and the limits of {@link
 * StrictJsonFactory}. Not thread-safe.
 *
 * <p>One parser reads all events, including rejected ones. A parser per event would copy the shared table of names for
 * each event with a new name, which takes 25 µs and 225 KB instead of 1 µs.
 */
public final class JsonEvents {
    static final Problem NO_OBJECT = new Problem("", "expected a JSON object");
    static final Problem MORE_THAN_ONE = new Problem("", "more than one JSON value");

    /** The bytes after which the parser is replaced: it keeps all names it has read, at ten times their bytes. */
    private static final int MAX_PARSER_BYTES = 256 << 10;

    /**
     * The factory of parsers. They are never closed, which would add names from clients to the table that all parsers
     * share.
     */
    private static final StrictJsonFactory JSON = new StrictJsonFactory();

    private StrictJsonParser parser = JSON.parser();
    private long parsedBytes;

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
        JsonRules.requireUtf8(bytes, from, to);
        parsedBytes += to - from;
        try {
            return read(bytes, from, to, check, fields);
        } catch (MalformedJsonException e) {
            throw e;
        } catch (JsonLimitException e) {
            throw parser.malformed(e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            if (parsedBytes == to - from) {
                throw parser.malformed(e.getOriginalMessage());
            }
            // Names of earlier events may be the cause: Jackson rejects a table with too many colliding names.
            renewParser();
            return problem(bytes, from, to, check, fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            parser.end();
            if (parsedBytes > MAX_PARSER_BYTES) {
                renewParser();
            }
        }
    }

    private void renewParser() {
        parser = JSON.parser();
        parsedBytes = 0;
    }

    private Problem read(byte[] bytes, int from, int to, EventCheck check, ExtractedFields fields) throws IOException {
        parser.begin(bytes, from, to);
        Problem problem = NO_OBJECT;
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            problem = check.check(parser, fields);
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
