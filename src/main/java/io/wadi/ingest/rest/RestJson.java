package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.StrictJsonParser;
import io.wadi.ingest.event.ValueTooLongException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Writes JSON like other servers of the Kafka REST API, so that equal keys have the same bytes and the same partition.
 */
public final class RestJson {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private RestJson() {}

    /**
     * Writes the value at the parser's current token without whitespace and moves the parser to the value's end.
     *
     * @throws ValueTooLongException if the value extends beyond the parser's limit
     */
    static byte[] copyValue(StrictJsonParser parser) throws IOException {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(copy)) {
            json.copyCurrentEvent(parser);
            if (parser.currentToken().isStructStart()) {
                JsonStreamContext outside = parser.getParsingContext().getParent();
                while (parser.getParsingContext() != outside) {
                    parser.requireWithinLimit();
                    parser.nextToken();
                    json.copyCurrentEvent(parser);
                }
            }
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
