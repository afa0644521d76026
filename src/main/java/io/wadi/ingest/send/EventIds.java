package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.topics.Topic;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.header.Header;

/**
 * Determines the ids of one client's events for a deduplicated topic: the string or whole number at the declared JSON
 * pointer in the event; if the event has none, the id from the request.
 */
record EventIds(Topic topic, SenderIds ids) {
    /** The same limit as for {@code Idempotency-Key}. */
    private static final int MAX_LENGTH = 500;

    /**
     * Returns the event with its id as header {@link ReservedHeaders#SENDER_ID}; unchanged if it has no id and the
     * topic passes such events.
     *
     * @throws InvalidRecordException if the event has an invalid id, or no id although the topic requires one
     */
    Event identify(Event event) {
        Event identified = withDeclaredId(event);
        boolean hasId =
                identified.headers().stream().anyMatch(header -> header.key().equals(ReservedHeaders.SENDER_ID));
        if (!hasId && !topic.deduplication().passesWithoutId()) {
            throw new InvalidRecordException("the event has no id; send %sthe header Idempotency-Key, or a CloudEvent"
                    .formatted(
                            topic.deduplication().id() == null
                                    ? ""
                                    : topic.deduplication().id() + " in the event, "));
        }
        return identified;
    }

    /** Returns an invalid event with its id as a header; unchanged if it has no valid id. */
    Event identifyInvalid(Event event) {
        try {
            return withDeclaredId(event);
        } catch (InvalidRecordException e) {
            return event;
        }
    }

    private Event withDeclaredId(Event event) {
        String id = topic.deduplication().id() == null || event.value() == null ? null : declaredId(event.value());
        if (id == null) {
            return event;
        }
        List<Header> others = event.headers().stream()
                .filter(header -> !header.key().equals(ReservedHeaders.SENDER_ID))
                .collect(Collectors.toList());
        others.add(ids.header(id));
        return new Event(event.key(), event.value(), others, event.partition(), event.timestamp(), event.problem());
    }

    private String declaredId(byte[] value) {
        JsonPointer pointer = topic.deduplication().id();
        try (JsonBody json = new JsonBody(value)) {
            JsonParser parser = json.parser();
            if (!find(parser, pointer)) {
                return null;
            }
            JsonToken found = parser.currentToken();
            if (found == JsonToken.VALUE_NULL) {
                return null;
            }
            if (found != JsonToken.VALUE_STRING && found != JsonToken.VALUE_NUMBER_INT) {
                throw new InvalidRecordException("%s: found %s, expected an id that is a string or a whole number"
                        .formatted(pointer, named(found)));
            }
            String id = parser.getText();
            if (JsonText.unpairedSurrogate(id) >= 0) {
                throw new InvalidRecordException(
                        "%s: found an id with %s".formatted(pointer, JsonText.UNPAIRED_SURROGATE));
            }
            if (id.isEmpty() || id.getBytes(UTF_8).length > MAX_LENGTH) {
                throw new InvalidRecordException("%s: found an id of %d bytes, expected 1 to %d bytes"
                        .formatted(pointer, id.getBytes(UTF_8).length, MAX_LENGTH));
            }
            return id;
        } catch (IOException e) {
            return null; // not JSON
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
