package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.MediaType;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.Base64;

/** One CloudEvent in JSON (CloudEvents 1.0.2, JSON event format); the first thing that is wrong with it is its problem. */
final class StructuredCloudEvent {
    private static final String JSON = "application/json";
    private static final String ENCODED = "data_base64";

    private final JsonBody json;
    private final JsonParser parser;
    private final String place;
    private final CloudEventAttributes attributes = new CloudEventAttributes();

    /** The bytes of {@code data} in JSON; null for none. */
    private byte[] data;
    /** The same as text, where it is a string. */
    private String text;

    private byte[] decoded;
    private Problem problem;

    StructuredCloudEvent(JsonBody json, String place) {
        this.json = json;
        this.parser = json.parser();
        this.place = place;
    }

    /** Reads the value that the parser stands at the beginning of; afterwards the parser stands at its end. */
    Event read() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            wrong("", "a CloudEvent is a JSON object");
            return Event.refused(problem);
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                member(name);
            }
        }
        attributes.missing().ifPresent(name -> wrong("/" + name, "missing"));
        byte[] value = value();
        return problem == null ? attributes.event(value) : Event.refused(problem);
    }

    private void member(String name) throws IOException {
        if (name.equals("data")) {
            text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
            data = json.cut();
        } else if (name.equals(ENCODED)) {
            decoded = base64();
        } else {
            attribute(name);
        }
    }

    private byte[] base64() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            try {
                return Base64.getDecoder().decode(parser.getText());
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        parser.skipChildren();
        wrong("/" + ENCODED, "not a string of base64");
        return null;
    }

    private void attribute(String name) throws IOException {
        boolean scalar =
                switch (parser.currentToken()) {
                    case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> true;
                    case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.INT;
                    default -> false;
                };
        if (!scalar) {
            parser.skipChildren();
            wrong("/" + pointer(name), "an attribute is a string, a boolean or an integer of 32 bits");
            return;
        }
        String refused = attributes.put(name, parser.getText());
        if (refused != null) {
            wrong("/" + pointer(name), refused);
        }
    }

    /** The data's own bytes: JSON as it was sent, text of another type without its quotes, binary decoded. */
    private byte[] value() {
        if (data != null && decoded != null) {
            wrong("/" + ENCODED, "an event has data or data_base64, not both");
        }
        if (data == null) {
            return decoded;
        }
        if (attributes.contentType() == null) {
            attributes.put(CloudEventAttributes.CONTENT_TYPE, JSON);
        }
        if (MediaType.parse(attributes.contentType()).isJson()) {
            return data;
        }
        if (text == null) {
            wrong("/data", "not a string, and datacontenttype is not JSON");
            return null;
        }
        return text.getBytes(UTF_8);
    }

    private void wrong(String member, String reason) {
        if (problem == null) {
            problem = new Problem(place + member, reason);
        }
    }

    private static String pointer(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
