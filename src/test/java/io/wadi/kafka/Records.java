package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Consumed records, as tests need them. */
public final class Records {
    private Records() {}

    /** A record without key and headers. */
    public static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, String value) {
        return new ConsumerRecord<>(
                partition.topic(), partition.partition(), offset, null, value == null ? null : value.getBytes(UTF_8));
    }
}
