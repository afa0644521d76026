package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
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

    static TableResponse of(JsonNode body) {
        return of(OK, body);
    }

    static TableResponse of(int code, JsonNode body) {
        return new TableResponse(code, body.toString());
    }

    static TableResponse error(int code, String why) {
        return of(code, JsonNodeFactory.instance.objectNode().put("error", why));
    }
}
