package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.request.RequestException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What became of each event of a list, in its order: what {@link SendEvents} leaves as the exchange's body for a list. */
public final class Receipts implements DeliveryReport {
    private final List<Fate> fates = new ArrayList<>(1);

    private static final class Fate {
        private Problem problem;
        private RecordMetadata acknowledged;
        private Exception failure;
    }

    /** Those of the exchange's events. */
    public static Receipts of(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Receipts receipts) {
            return receipts;
        }
        throw new IllegalStateException("Route " + exchange.getFromRouteId() + " has not sent a list of events here");
    }

    @Override
    public int add() {
        fates.add(new Fate());
        return fates.size() - 1;
    }

    @Override
    public int addInvalid(Problem problem) {
        int event = add();
        fates.get(event).problem = problem;
        return event;
    }

    @Override
    public void acknowledged(int event, RecordMetadata where) {
        fates.get(event).acknowledged = where;
    }

    @Override
    public void refused(int event, Problem problem) {
        fates.get(event).problem = problem;
    }

    @Override
    public void notAcknowledged(int event, Exception reason) {
        fates.get(event).failure = reason;
    }

    /**
     * Where the one event stands that these are of.
     *
     * @throws Exception where it does not: what kept Kafka from it, or {@link RequestException} 400 with what is wrong with it
     */
    public RecordMetadata standing() throws Exception {
        if (size() != 1) {
            throw new IllegalStateException("a receipt needs one event, found " + size());
        }
        if (failure(0) != null) {
            throw failure(0);
        }
        if (acknowledged(0) == null) {
            throw RequestException.invalid(problem(0).toString());
        }
        return acknowledged(0);
    }

    public int size() {
        return fates.size();
    }

    /** What is wrong with an event; null where nothing is. It may stand among the dead letters all the same. */
    public Problem problem(int event) {
        return fates.get(event).problem;
    }

    /** Why Kafka has not acknowledged an event; null where it has, or where the event was not sent. */
    public Exception failure(int event) {
        return fates.get(event).failure;
    }

    /** Where an event stands; null where it does not. */
    public RecordMetadata acknowledged(int event) {
        return fates.get(event).acknowledged;
    }
}
