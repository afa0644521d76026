package io.wadi.ingest.request;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.rest.RestException;
import io.wadi.kafka.Causes;
import org.apache.camel.Exchange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns exceptions of ingest routes into responses: 4xx for what the client can change, 503 for what Kafka has to
 * recover from.
 */
public final class ErrorResponses {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    private static final int INTERNAL = 500;

    private ErrorResponses() {}

    /** Sets the exchange's response for an exception, in its path's format. */
    public static void answer(Exchange exchange, Exception caught) {
        Throwable cause = Causes.unwrap(caught);
        if (cause instanceof RequestException refused) {
            set(exchange, refused.status(), refused.getMessage());
        } else if (cause instanceof BodyException unread) {
            set(exchange, unread.status(), unread.getMessage());
        } else if (cause instanceof RestException refused) {
            set(exchange, refused.error().status(), refused.error().body());
        } else if (cause instanceof RecordTooLargeException) {
            set(exchange, TOO_LARGE, "the event is larger than Kafka takes");
        } else if (cause instanceof KafkaException && !(cause instanceof SerializationException)) {
            LOG.warn("Route {}: not acknowledged: {}", exchange.getFromRouteId(), Causes.inShort(cause));
            set(exchange, UNAVAILABLE, "Kafka has not acknowledged the event: " + Causes.inShort(cause));
        } else {
            LOG.error("Route {} failed", exchange.getFromRouteId(), cause);
            set(exchange, INTERNAL, HttpResponses.INTERNAL);
        }
    }

    private static void set(Exchange exchange, int status, String reason) {
        set(exchange, status, IngestRequest.of(exchange).format().rejection(status, reason));
    }

    private static void set(Exchange exchange, int status, byte[] body) {
        exchange.getMessage().removeHeader(Exchange.CONTENT_TYPE);
        HttpResponses.set(exchange, status, body);
        if (status == UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }
}
