package io.wadi.ingest.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.wadi.ingest.HttpAnswers;
import io.wadi.ingest.admission.Refusal;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Writes answers. One that has been written, or whose client has gone, is left alone. */
final class Responses {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int UNAVAILABLE = 503;

    private Responses() {}

    /** Refuses a request. */
    static void error(HttpServerResponse response, int status, String reason) {
        end(response, status, HttpAnswers.JSON, HttpAnswers.error(reason));
    }

    /** Refuses a request as admission says. */
    static void refuse(HttpServerResponse response, Refusal refusal) {
        if (isOpen(response)) {
            if (refusal.retryAfter() > 0) {
                response.putHeader(HttpAnswers.RETRY_AFTER, Integer.toString(refusal.retryAfter()));
            }
            if (refusal.status() == UNAUTHORIZED) {
                response.putHeader("WWW-Authenticate", "Bearer");
            }
            error(response, refusal.status(), refusal.message());
        }
    }

    /** Refuses a request that may be tried again. */
    static void unavailable(HttpServerResponse response, String reason) {
        if (isOpen(response)) {
            response.putHeader(HttpAnswers.RETRY_AFTER, HttpAnswers.RETRY_AFTER_SECONDS);
            error(response, UNAVAILABLE, reason);
        }
    }

    /** Writes the exchange's answer: status, body, and of its headers the two that an answer may have. */
    static void write(HttpServerResponse response, Exchange exchange) {
        if (!isOpen(response)) {
            return;
        }
        Message message = exchange.getMessage();
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        String retryAfter = message.getHeader(HttpAnswers.RETRY_AFTER, String.class);
        if (retryAfter != null) {
            response.putHeader(HttpAnswers.RETRY_AFTER, retryAfter);
        }
        byte[] body = message.getBody(byte[].class);
        end(
                response,
                status == null ? OK : status,
                contentType == null ? HttpAnswers.JSON : contentType,
                body == null ? new byte[0] : body);
    }

    private static void end(HttpServerResponse response, int status, String contentType, byte[] body) {
        if (isOpen(response)) {
            response.setStatusCode(status)
                    .putHeader("Content-Type", contentType)
                    .end(Buffer.buffer(body));
        }
    }

    private static boolean isOpen(HttpServerResponse response) {
        return !response.ended() && !response.closed();
    }
}
