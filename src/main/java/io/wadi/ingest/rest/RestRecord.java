package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonPointers;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.JsonString;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.StrictJsonParser;
import io.wadi.ingest.event.ValueTooLongException;
import io.wadi.ingest.rest.RestTypes.Format;
import io.wadi.kafka.ReservedHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** One record of a produce request, read field by field. Its problem is the first error. */
final class RestRecord {
    /** A header takes ten times its bytes in the body. */
    private static final int MAX_HEADERS = 256;

    private final JsonBody json;
    private final StrictJsonParser parser;
    private final Format format;
    private final String place;

    private byte[] key;
    private byte[] value;
    private boolean hasValue;
    private final List<Header> headers = new ArrayList<>();
    private Integer partition;
    private Long timestamp;
    private Problem problem;

    RestRecord(JsonBody json, Format format, String place) {
        this.json = json;
        this.parser = json.parser();
        this.format = format;
        this.place = place;
    }

    /**
     * Reads the value at the parser's current token and moves the parser to its end.
     *
     * @param path the partition in the request's path; null for none
     * @throws ValueTooLongException if the record extends beyond the parser's limit
     */
    Event read(Integer path) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            wrong("", "a record is a JSON object");
        } else {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                parser.requireWithinLimit();
                String name = parser.currentName();
                parser.nextToken();
                field(name);
            }
            checkWhole(path);
        }
        return problem == null
                ? new Event(key, value, headers, path == null ? partition : path, timestamp, null)
                : Event.rejected(problem);
    }

    private void field(String name) throws IOException {
        switch (name) {
            case "key" -> key = key();
            case "value" -> {
                hasValue = true;
                value = value();
            }
            case "partition" -> partition = partition();
            case "timestamp" -> timestamp = timestamp();
            case "headers" -> headers();
            default ->
                wrong(JsonPointers.of(name), "unknown field, expected key, value, partition, timestamp or headers");
        }
    }

    private void checkWhole(Integer path) throws IOException {
        if (!hasValue) {
            wrong("/value", "missing; null is a tombstone");
        }
        if (path != null && partition != null) {
            wrong("/partition", "the path names the partition already");
        }
    }

    private byte[] key() throws IOException {
        if (format == Format.BINARY) {
            return binary("/key");
        }
        return isNull() ? null : RestJson.copyValue(parser);
    }

    private byte[] value() throws IOException {
        if (format == Format.BINARY) {
            return binary("/value");
        }
        return isNull() ? null : json.copyValue();
    }

    private byte[] binary(String field) throws IOException {
        if (isNull()) {
            return null;
        }
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            JsonString text = json.string();
            parser.requireWithinLimit(text.end());
            byte[] encoded = text.utf8();
            try {
                if (encoded != null) {
                    return Base64.getDecoder().decode(encoded);
                }
            } catch (IllegalArgumentException e) {
                // The problem below describes it.
            }
        }
        wrong(field, "not a string of base64");
        return null;
    }

    private Integer partition() throws IOException {
        if (isInteger() && parser.getLongValue() <= Integer.MAX_VALUE) {
            return parser.getIntValue();
        }
        if (!isNull()) {
            wrong("/partition", "not a partition number");
        }
        return null;
    }

    private Long timestamp() throws IOException {
        if (isInteger()) {
            return parser.getLongValue();
        }
        if (!isNull()) {
            wrong("/timestamp", "not milliseconds since the epoch");
        }
        return null;
    }

    private void headers() throws IOException {
        if (isNull()) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            wrong("/headers", "not an array");
            return;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            parser.requireWithinLimit();
            if (headers.size() < MAX_HEADERS) {
                header("/headers/" + i);
            } else {
                wrong("/headers", "a record has at most %d headers".formatted(MAX_HEADERS));
            }
        }
    }

    private void header(String at) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            wrong(at, "a header is {\"key\":\"…\",\"value\":\"base64\"}");
            return;
        }
        String name = null;
        byte[] content = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            parser.requireWithinLimit();
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            if (field.equals("value")) {
                content = binary(at + "/value");
            } else if (!field.equals("key")) {
                wrong(at + JsonPointers.of(field), "unknown field, expected key or value");
            } else if (token == JsonToken.VALUE_STRING) {
                name = parser.getText();
            } else {
                wrong(at + "/key", "not a string");
            }
        }
        if (name == null) {
            wrong(at, "a header has a key");
        } else if (JsonText.unpairedSurrogate(name) >= 0) {
            wrong(at + "/key", "found " + JsonText.UNPAIRED_SURROGATE);
        } else if (ReservedHeaders.isReserved(name)) {
            wrong(at + "/key", "\"%s\" is a reserved header: only Wadi sets %s".formatted(name, ReservedHeaders.NAMES));
        } else {
            headers.add(new RecordHeader(name, content));
        }
    }

    private boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Returns whether the current token is an integer from 0 to the largest long. */
    private boolean isInteger() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && parser.getLongValue() >= 0;
    }

    /** Keeps the first problem and skips the value that has it. */
    private void wrong(String field, String text) throws IOException {
        if (problem == null) {
            problem = new Problem(place + field, text);
        }
        parser.skipChildren();
    }
}
