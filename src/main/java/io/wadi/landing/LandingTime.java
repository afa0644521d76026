package io.wadi.landing;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The time that chooses the directory of a record's file. */
enum LandingTime {
    /** The record's timestamp in Kafka. */
    RECORD {
        @Override
        long millis(ConsumerRecord<?, ?> consumed) {
            return consumed.timestamp();
        }
    },
    /** When it is written. */
    LANDING {
        @Override
        long millis(ConsumerRecord<?, ?> consumed) {
            return System.currentTimeMillis();
        }
    };

    /** In milliseconds since 1970. */
    abstract long millis(ConsumerRecord<?, ?> consumed);
}
