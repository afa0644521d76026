package io.wadi.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Writes the JSON responses of routes on the management port. */
public final class JsonResponse {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int UNAVAILABLE = 503;

    private JsonResponse() {}

    /** Replaces the message with the JSON of a value; null sends no body. */
    public static void write(Exchange exchange, int status, Object value) throws JsonProcessingException {
        writeBytes(exchange, status, value == null ? null : JSON.writeValueAsBytes(value));
    }

    /** Replaces the message with {@code {"error": message}}. */
    public static void error(Exchange exchange, int status, String message) throws JsonProcessingException {
        write(exchange, status, Map.of("error", message));
    }

    /** Replaces the message with serialized JSON; null sends no body. With 503, the client may retry in a second. */
    public static void writeBytes(Exchange exchange, int status, byte[] json) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader("Cache-Control", "no-store");
        if (status == UNAVAILABLE) {
            message.setHeader("Retry-After", "1");
        }
        if (json != null) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        message.setBody(json);
    }
}
