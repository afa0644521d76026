package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.JsonLimitException;
import io.wadi.ingest.event.JsonRules;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.ReusedParser;
import io.wadi.ingest.event.StrictJsonParser;
import java.io.IOException;
import org.apache.kafka.common.InvalidRecordException;

/**
 * A reader of the ids at JSON pointers in events. Not thread-safe.
 */
final class IdReader {
    /** The same limit as for {@code Idempotency-Key}. */
    private static final int MAX_LENGTH = 500;

    private static final int MAX_PARSER_BYTES = 64 << 10;

    private final ReusedParser parser = new ReusedParser(MAX_PARSER_BYTES);

    /**
     * Returns the string or whole number at a pointer, through objects only; null if there is none, or if the bytes are
     * not JSON.
     *
     * @throws InvalidRecordException if there is another value at the pointer, or an id that is invalid
     */
    String read(byte[] event, JsonPointer pointer) {
        try {
            return parser.read(event, JsonBody.begin(event), event.length, reading -> id(reading, pointer));
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    private static String id(StrictJsonParser parser, JsonPointer pointer) throws IOException {
        if (!find(parser, pointer)) {
            return null;
        }
        JsonToken found = parser.currentToken();
        if (found == JsonToken.VALUE_NULL) {
            return null;
        }
        if (found != JsonToken.VALUE_STRING && found != JsonToken.VALUE_NUMBER_INT) {
            throw new InvalidRecordException(
                    "%s: found %s, expected an id that is a string or a whole number".formatted(pointer, named(found)));
        }
        String id = text(parser, pointer);
        if (JsonText.unpairedSurrogate(id) >= 0) {
            throw new InvalidRecordException("%s: found an id with %s".formatted(pointer, JsonText.UNPAIRED_SURROGATE));
        }
        if (id.isEmpty() || id.getBytes(UTF_8).length > MAX_LENGTH) {
            throw new InvalidRecordException("%s: found an id of %d bytes, expected 1 to %d bytes"
                    .formatted(pointer, id.getBytes(UTF_8).length, MAX_LENGTH));
        }
        return id;
    }

    private static String text(StrictJsonParser parser, JsonPointer pointer) throws IOException {
        try {
            return parser.getText();
        } catch (JsonLimitException e) {
            throw new InvalidRecordException("%s: found an id of more than %d characters, expected 1 to %d bytes"
                    .formatted(pointer, JsonRules.MAX_TEXT, MAX_LENGTH));
        }
    }

    private static String named(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            default -> "a boolean";
        };
    }

    /** Moves the parser to the value at a pointer, through objects only. */
    private static boolean find(JsonParser parser, JsonPointer pointer) throws IOException {
        JsonToken token = parser.nextToken();
        JsonPointer rest = pointer;
        while (!rest.matches()) {
            if (token != JsonToken.START_OBJECT) {
                return false;
            }
            token = null;
            while (token == null && parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isWanted = parser.currentName().equals(rest.getMatchingProperty());
                JsonToken value = parser.nextToken();
                if (isWanted) {
                    token = value;
                } else {
                    parser.skipChildren();
                }
            }
            if (token == null) {
                return false;
            }
            rest = rest.tail();
        }
        return true;
    }
}
