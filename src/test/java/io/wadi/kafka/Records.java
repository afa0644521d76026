package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Consumer records for tests. */
public final class Records {
    /** The bytes around a value in its array: if they were read with it, they would change a line, a text and JSON. */
    private static final byte[] BEFORE = "}\n{\"\n".getBytes(UTF_8);

    private static final byte[] BEHIND = "0\n}".getBytes(UTF_8);
    private static final int SLICED_AT = 3;

    private Records() {}

    /** Returns these bytes in a buffer as Kafka's client may return it: a part of a larger array. */
    public static ByteBuffer value(byte[] bytes) {
        int position = BEFORE.length - SLICED_AT;
        return ByteBuffer.allocate(BEFORE.length + bytes.length + BEHIND.length)
                .put(BEFORE)
                .put(bytes)
                .put(BEHIND)
                .position(SLICED_AT)
                .slice()
                .position(position)
                .limit(position + bytes.length);
    }

    /** Returns the bytes of a value without changing its position. */
    public static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(value.position(), bytes);
        return bytes;
    }

    /** Returns a record without key and headers, with a timestamp in milliseconds since 1970. */
    public static ConsumerRecord<byte[], ByteBuffer> record(
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
                value == null ? null : value(value.getBytes(UTF_8)),
                new RecordHeaders(),
                Optional.empty());
    }

    /** Returns a record without key and headers. */
    public static ConsumerRecord<byte[], ByteBuffer> record(TopicPartition partition, long offset, String value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                null,
                value == null ? null : value(value.getBytes(UTF_8)));
    }
}
