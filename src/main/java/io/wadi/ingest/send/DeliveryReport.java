package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A report of the delivery of a request's events, one by one. Used on the request's event loop. */
interface DeliveryReport {
    /** Adds the request's next event; returns its index, starting from 0. */
    int add();

    /** Adds the request's next event, an invalid one that is sent as a dead letter; returns its index. */
    int addInvalid(Problem problem);

    /** Reports that Kafka acknowledged the event. */
    void acknowledged(int event, RecordMetadata metadata);

    /** Reports that the event is rejected for a reason that the client can correct. */
    void rejected(int event, Problem problem);

    /** Reports that the event is rejected because another event has its id; {@code first} is that event's location. */
    void conflicting(int event, Problem problem, RecordMetadata first);

    /** Reports that the event is not acknowledged. */
    void notAcknowledged(int event, Exception reason);

    /** Returns the approximate memory of this report in bytes, in addition to that charged for the events. */
    long bytes();
}
