package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A receiver of the delivery of a request's events, one by one. Used on the request's event loop. */
interface DeliveryReport {
    /** Adds the request's next event; returns its index, from 0. */
    int add();

    /** Adds the next event, an invalid one that is sent as a dead letter. */
    int addInvalid(Problem problem);

    /** The event is acknowledged. */
    void acknowledged(int event, RecordMetadata metadata);

    /** The event is rejected, for a reason that the client can correct. */
    void rejected(int event, Problem problem);

    /** The event is rejected because its id is that of another event, which is there. */
    void conflicting(int event, Problem problem, RecordMetadata first);

    /** The event is not acknowledged, for this reason. */
    void notAcknowledged(int event, Exception reason);

    /** Returns the approximate bytes held, beyond those charged for the events. */
    default long bytes() {
        return 0;
    }
}
