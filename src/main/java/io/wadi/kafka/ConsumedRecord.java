package io.wadi.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The Kafka record of an exchange. */
public final class ConsumedRecord {
    /** The exchange property that holds the {@link ConsumerRecord} as it was fetched. */
    public static final String PROPERTY = "wadiRecord";

    private ConsumedRecord() {}

    /** Returns a record's location for messages: topic-partition@offset. */
    public static String at(ConsumerRecord<?, ?> consumed) {
        return consumed.topic() + "-" + consumed.partition() + "@" + consumed.offset();
    }
}
