package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** JSON as the convention's other servers write it, so that the same key has the same bytes, and the same partition. */
public final class RestJson {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private RestJson() {}

    /** Writes the value at the parser's current token without blanks and moves the parser to the value's end. */
    static byte[] copyValue(JsonParser parser) throws IOException {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(copy)) {
            json.copyCurrentStructure(parser);
        }
        return copy.toByteArray();
    }

    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
