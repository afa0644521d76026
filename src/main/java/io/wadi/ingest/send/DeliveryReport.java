package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What becomes of a request's events, told as it is known. On the request's event loop. */
interface DeliveryReport {
    /** The next event of the request; what becomes of it is open. Its index, from 0 on, is the return value. */
    int add();

    /** The next event, which is not as it should be and is sent to the dead letters instead. */
    int addInvalid(Problem problem);

    /** Kafka has put the event there. */
    void acknowledged(int event, RecordMetadata where);

    /** The event was not sent, or not taken, for what its sender can change. */
    void refused(int event, Problem problem);

    /** Kafka has not acknowledged the event, for this reason. */
    void notAcknowledged(int event, Exception reason);

    /** About how many bytes these outcomes hold, beyond what was charged for the events. */
    default long bytes() {
        return 0;
    }
}
