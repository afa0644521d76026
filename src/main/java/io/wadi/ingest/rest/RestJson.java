package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON as the convention's other servers write it, so that the same key has the same bytes, and the same partition. */
final class RestJson {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private RestJson() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
