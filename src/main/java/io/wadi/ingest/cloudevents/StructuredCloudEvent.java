package io.wadi.ingest.cloudevents;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonPointers;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.JsonString;
import io.wadi.ingest.event.MediaType;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.Base64;

/** A reader of one CloudEvent in JSON (CloudEvents 1.0.2, JSON event format), which reports only the first error. */
final class StructuredCloudEvent {
    private static final String JSON = "application/json";
    private static final String DATA_BASE64 = "data_base64";

    private final JsonBody json;
    private final JsonParser parser;
    private final String pointer;
    private final CloudEventAttributes attributes = new CloudEventAttributes();

    /** The bytes of {@code data} as JSON; null if absent or a string. */
    private byte[] data;
    /** {@code data} if it is a string. */
    private JsonString text;

    private byte[] decodedData;
    private Problem problem;

    StructuredCloudEvent(JsonBody json, String pointer) {
        this.json = json;
        this.parser = json.parser();
        this.pointer = pointer;
    }

    /** Reads the event at the parser's current token and moves the parser to its end. */
    Event read() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            report("", "a CloudEvent is a JSON object");
            return Event.rejected(problem);
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                member(name);
            }
        }
        attributes.missing().ifPresent(name -> report("/" + name, "missing"));
        byte[] value = value();
        return problem == null ? attributes.event(value) : Event.rejected(problem);
    }

    private void member(String name) throws IOException {
        if (name.equals("data")) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                text = json.string();
            } else {
                data = json.copyValue();
            }
        } else if (name.equals(DATA_BASE64)) {
            decodedData = base64();
        } else {
            attribute(name);
        }
    }

    private byte[] base64() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            byte[] encoded = json.string().utf8();
            try {
                if (encoded != null) {
                    return Base64.getDecoder().decode(encoded);
                }
            } catch (IllegalArgumentException e) {
                // reported below
            }
        }
        parser.skipChildren();
        report("/" + DATA_BASE64, "not a string of base64");
        return null;
    }

    private void attribute(String name) throws IOException {
        boolean isText = CloudEventAttributes.isText(name);
        boolean isValid =
                switch (parser.currentToken()) {
                    case VALUE_STRING -> true;
                    case VALUE_TRUE, VALUE_FALSE -> !isText;
                    case VALUE_NUMBER_INT -> !isText && parser.getNumberType() == JsonParser.NumberType.INT;
                    default -> false;
                };
        if (!isValid) {
            parser.skipChildren();
            report(
                    JsonPointers.of(name),
                    isText ? "not a string" : "an attribute is a string, a boolean or an integer of 32 bits");
            return;
        }
        String invalid = attributes.put(name, parser.getText());
        if (invalid != null) {
            report(JsonPointers.of(name), invalid);
        }
    }

    /**
     * Returns the record's value: JSON unchanged, other text without quotes, base64 decoded. Decoded data of a JSON
     * media type must be well-formed, as in binary mode.
     */
    private byte[] value() {
        boolean hasData = data != null || text != null;
        if (hasData && decodedData != null) {
            report("/" + DATA_BASE64, "an event has data or data_base64, not both");
        }
        if (!hasData) {
            String malformed = decodedData == null ? null : CloudEvents.problem(attributes.contentType(), decodedData);
            if (malformed != null) {
                report("/" + DATA_BASE64, malformed);
            }
            return decodedData;
        }
        attributes.setDefaultContentType(JSON);
        if (MediaType.parse(attributes.contentType()).isJson()) {
            return text == null ? data : text.copy();
        }
        if (text == null) {
            report("/data", "not a string, and datacontenttype is not JSON");
            return null;
        }
        byte[] utf8 = text.utf8();
        if (utf8 == null) {
            report("/data", "found " + JsonText.UNPAIRED_SURROGATE);
        }
        return utf8;
    }

    private void report(String member, String reason) {
        if (problem == null) {
            problem = new Problem(pointer + member, reason);
        }
    }
}
