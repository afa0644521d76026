package io.wadi.ingest;

import io.wadi.ingest.event.Event;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What became of a request's events, in their order: what {@link SendEvents} leaves as the exchange's body. */
final class Receipts {
    private final List<Event> events;
    private final RecordMetadata[] acknowledged;
    private final Exception[] failures;

    /** Nothing is known of these events yet. */
    Receipts(List<Event> events) {
        this.events = events;
        acknowledged = new RecordMetadata[events.size()];
        failures = new Exception[events.size()];
    }

    /** Those of the exchange's events. */
    static Receipts of(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Receipts receipts) {
            return receipts;
        }
        throw new IllegalStateException("Route " + exchange.getFromRouteId() + " has not sent any events here");
    }

    /** Keeps Kafka's answer for an event: where it stands, or why it does not. */
    void answered(int index, RecordMetadata metadata, Exception failure) {
        acknowledged[index] = metadata;
        failures[index] = failure;
    }

    int size() {
        return events.size();
    }

    Event event(int index) {
        return events.get(index);
    }

    /** Why Kafka has not taken an event; null where it has, or where the event was not sent. */
    Exception failure(int index) {
        return failures[index];
    }

    /** Where an event stands. */
    RecordMetadata acknowledged(int index) {
        return acknowledged[index];
    }
}
