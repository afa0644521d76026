package io.wadi.landing;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The time that selects the directory of a record's file. */
enum LandingTime {
    RECORD {
        @Override
        long millis(ConsumerRecord<?, ?> consumed) {
            return consumed.timestamp();
        }
    },
    /** The time of writing. */
    LANDING {
        @Override
        long millis(ConsumerRecord<?, ?> consumed) {
            return System.currentTimeMillis();
        }
    };

    /** Returns milliseconds since the epoch. */
    abstract long millis(ConsumerRecord<?, ?> consumed);
}
