package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.wadi.ingest.event.JsonRules;
import io.wadi.ingest.event.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Looks whether bytes are an event: one JSON object by the {@link JsonRules}, within Jackson's limits: numbers of 1,000
 * characters, names of 50,000.
 *
 * <p>One parser reads event after event, each of them alone: what asks for more bytes than the event has is refused. A
 * parser an event costs little more as long as names come again, and 25 µs and 225 KB against 1 µs where each event has a
 * name of its own: the table of names that all parsers begin with would be copied each time. Not for several threads.
 */
public final class JsonEvents {
    /** A JSON value that is no object. */
    static final Problem NO_OBJECT = new Problem("", "an event is a JSON object");
    /** Something follows the object. */
    static final Problem MORE_THAN_ONE = new Problem("", "more than one JSON value");

    /** A parser keeps the names it has read, and is given up after so many bytes. */
    private static final int BYTES_A_PARSER = 1 << 20;

    /**
     * Its parsers are never closed: what they hold is garbage when they are, and closing would add the names that clients have
     * sent to the table that all others begin with.
     */
    private static final JsonFactory JSON = JsonRules.parsers(StreamReadConstraints.defaults());

    private final OneEvent source = new OneEvent();
    private JsonParser parser;

    /**
     * Looks at the bytes from one index to before another, which begin and end with what is not blank.
     *
     * @param check what is asked besides
     * @param found gets what the check finds
     * @return why they are no event, or no such event; null where they are
     * @throws JsonProcessingException where they are not JSON; with its place in these bytes
     */
    Problem problem(byte[] bytes, int from, int to, EventCheck check, Found found) throws JsonProcessingException {
        JsonRules.requireUtf8(bytes, from, to);
        if (from < to && bytes[from] != '{') {
            // Numbers end with what follows them, which the parser of many events does not get to see.
            return readAlone(bytes, from, to, check, found);
        }
        source.set(bytes, from, to);
        try {
            JsonParser reader = parserForOneMore();
            if (reader.nextToken() == JsonToken.START_OBJECT) {
                Problem problem = check.check(reader, found);
                if (source.isReadBy(reader)) {
                    parser = reader;
                    return problem;
                }
            }
        } catch (IOException e) {
            // Read again below, for a place that counts from the event's beginning.
        }
        return readAlone(bytes, from, to, check, found);
    }

    /** The parser, which is to be put back when it has read an event to its end. */
    private JsonParser parserForOneMore() throws IOException {
        JsonParser reader = parser;
        parser = null;
        if (reader == null || source.given > BYTES_A_PARSER) {
            source.given = 0;
            return JSON.createParser((InputStream) source);
        }
        return reader;
    }

    private static Problem readAlone(byte[] bytes, int from, int to, EventCheck check, Found found)
            throws JsonProcessingException {
        try {
            JsonParser reader = JSON.createParser(bytes, from, to - from);
            Problem problem = NO_OBJECT;
            if (reader.nextToken() == JsonToken.START_OBJECT) {
                problem = check.check(reader, found);
            } else {
                reader.skipChildren();
                reader.finishToken();
            }
            if (reader.currentLocation().getByteOffset() == to - from) {
                return problem;
            }
            reader.nextToken();
            return MORE_THAN_ONE;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of the event at hand; reading beyond them fails. */
    private static final class OneEvent extends InputStream {
        private byte[] bytes;
        private int position;
        private int end;
        private long given;

        void set(byte[] event, int from, int to) {
            bytes = event;
            position = from;
            end = to;
        }

        /** Whether the parser, which has given the event's last token, has left nothing of it. */
        boolean isReadBy(JsonParser reader) {
            return position == end && reader.currentLocation().getByteOffset() == given;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            read(one, 0, 1);
            return one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = Math.min(length, end - position);
            if (count == 0) {
                throw new EOFException("the event ends here");
            }
            System.arraycopy(bytes, position, into, offset, count);
            position += count;
            given += count;
            return count;
        }
    }
}
