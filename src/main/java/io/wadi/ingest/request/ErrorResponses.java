package io.wadi.ingest.request;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.rest.RestException;
import io.wadi.kafka.Causes;
import org.apache.camel.Exchange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts exceptions of ingest routes into responses: 4xx for errors of the client, 503 for failures of Kafka.
 */
public final class ErrorResponses {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);

    private ErrorResponses() {}

    /** Sets the exchange's response for an exception, in the format of the request's path. */
    public static void answer(Exchange exchange, Exception caught) {
        Throwable cause = Causes.unwrap(caught);
        if (cause instanceof RequestException rejected) {
            set(exchange, rejected.status(), rejected.getMessage());
        } else if (cause instanceof RestException rejected) {
            set(exchange, rejected.error().status(), rejected.error().body());
        } else if (cause instanceof RecordTooLargeException) {
            set(exchange, 413, "the event exceeds Kafka's maximum record size");
        } else if (cause instanceof KafkaException && !(cause instanceof SerializationException)) {
            LOG.warn(
                    "Route {}: Kafka has not acknowledged the event: {}",
                    exchange.getFromRouteId(),
                    Causes.inShort(cause));
            set(exchange, HttpResponses.UNAVAILABLE, "Kafka has not acknowledged the event: " + Causes.inShort(cause));
        } else {
            LOG.error("Route {} failed", exchange.getFromRouteId(), cause);
            set(exchange, 500, HttpResponses.INTERNAL);
        }
    }

    private static void set(Exchange exchange, int status, String reason) {
        set(exchange, status, IngestRequest.of(exchange).format().rejection(status, reason));
    }

    private static void set(Exchange exchange, int status, byte[] body) {
        exchange.getMessage().removeHeader(Exchange.CONTENT_TYPE);
        HttpResponses.set(exchange, status, body);
        if (status == HttpResponses.UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }
}
