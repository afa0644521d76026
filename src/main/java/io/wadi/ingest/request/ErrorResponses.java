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

/** Turns an exception of an intake route into its answer: what the client can change is a 4xx, what Kafka has to heal a 503. */
public final class ErrorResponses {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    private static final int INTERNAL = 500;

    private ErrorResponses() {}

    /** Makes the exchange's answer the one for this exception, in the form of its path. */
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
        set(exchange, status, IngestRequest.of(exchange).form().refusal(status, reason));
    }

    private static void set(Exchange exchange, int status, byte[] body) {
        exchange.getMessage().removeHeader(Exchange.CONTENT_TYPE);
        HttpResponses.set(exchange, status, body);
        if (status == UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }
}
