package io.wadi.kafka.streams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * A response to a query of tables.
 *
 * @param code the HTTP status
 * @param body JSON
 */
record TableResponse(int code, String body) {
    static final int OK = 200;
    static final int BAD = 400;
    static final int NOT_FOUND = 404;
    static final int MISDIRECTED = 421;
    static final int FAILED = 500;
    static final int UNAVAILABLE = 503;

    private static final ObjectMapper JSON = new ObjectMapper();

    static TableResponse of(JsonNode body) {
        return of(OK, body);
    }

    static TableResponse of(int code, JsonNode body) {
        try {
            return new TableResponse(code, JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static TableResponse error(int code, String why) {
        return of(code, JsonNodeFactory.instance.objectNode().put("error", why));
    }
}
