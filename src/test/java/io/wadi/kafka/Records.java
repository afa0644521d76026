package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Consumed records, as tests need them. */
public final class Records {
    private Records() {}

    /** The same, with a timestamp in milliseconds since 1970. */
    public static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, long timestamp, String value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                null,
                value == null ? null : value.getBytes(UTF_8),
                new RecordHeaders(),
                Optional.empty());
    }

    /** A record without key and headers. */
    public static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, String value) {
        return new ConsumerRecord<>(
                partition.topic(), partition.partition(), offset, null, value == null ? null : value.getBytes(UTF_8));
    }
}
