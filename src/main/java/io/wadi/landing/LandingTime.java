package io.wadi.landing;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The time that selects the directory of a record's file. */
enum LandingTime {
    RECORD,
    /** The time of writing. */
    LANDING;

    /** Returns milliseconds since the epoch. */
    long millis(ConsumerRecord<?, ?> consumed) {
        return this == RECORD ? consumed.timestamp() : System.currentTimeMillis();
    }
}
