package io.wadi.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The form of all answers of the events port: JSON, and for errors {@code {"error": reason}}. */
final class HttpAnswers {
    static final String JSON = "application/json";
    static final String RETRY_AFTER = "Retry-After";
    static final String RETRY_AFTER_SECONDS = "2";

    private static final Logger LOG = LoggerFactory.getLogger(HttpAnswers.class);
    /** Characters beyond the first plane, such as emoji, stay characters; Jackson would escape their halves. */
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    private static final int UNAVAILABLE = 503;
    private static final int INTERNAL = 500;

    private HttpAnswers() {}

    static byte[] json(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static void error(RoutingContext context, int status, String reason) {
        if (!context.response().ended()) {
            context.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", JSON)
                    .end(Buffer.buffer(json(Map.of("error", reason))));
        }
    }

    static void unavailable(RoutingContext context, String reason) {
        context.response().putHeader(RETRY_AFTER, RETRY_AFTER_SECONDS);
        error(context, UNAVAILABLE, reason);
    }

    /** What the server itself refused: a body too large, a malformed request. */
    static void failed(RoutingContext context) {
        int status = context.statusCode() >= 400 ? context.statusCode() : INTERNAL;
        if (status >= INTERNAL) {
            LOG.error(
                    "{} {} failed",
                    context.request().method(),
                    context.request().path(),
                    context.failure());
        }
        error(
                context,
                status,
                switch (status) {
                    case 413 -> "the body is larger than wadi.http.max-body";
                    case 400 -> "the request is malformed";
                    default -> "the request failed; the log of Wadi says why";
                });
    }

    /** Writes the exchange's answer: status, body, and of its headers the two that an answer may have. */
    static void write(RoutingContext context, Exchange exchange) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        var message = exchange.getMessage();
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        String retryAfter = message.getHeader(RETRY_AFTER, String.class);
        context.response().setStatusCode(status == null ? 200 : status);
        context.response().putHeader("Content-Type", contentType == null ? JSON : contentType);
        if (retryAfter != null) {
            context.response().putHeader(RETRY_AFTER, retryAfter);
        }
        byte[] body = message.getBody(byte[].class);
        context.response().end(Buffer.buffer(body == null ? new byte[0] : body));
    }
}
