package io.wadi.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The record of an exchange as it came from Kafka. */
public final class ConsumedRecord {
    /** The exchange property that holds the {@link ConsumerRecord} as it came from Kafka. */
    public static final String PROPERTY = "wadiRecord";

    private ConsumedRecord() {}

    /** Returns where a record is, for messages: topic-partition@offset. */
    public static String at(ConsumerRecord<?, ?> consumed) {
        return consumed.topic() + "-" + consumed.partition() + "@" + consumed.offset();
    }
}
