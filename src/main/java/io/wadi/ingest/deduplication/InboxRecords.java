package io.wadi.ingest.deduplication;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.topics.Partitioning;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.telemetry.TraceParent;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * Converts records of a deduplicated topic to records of its inbox and back. In the inbox the key is the event's id,
 * and the event's own key, partition and timestamp are headers.
 */
public final class InboxRecords {
    private static final String KEY = "wadi-inbox-key";
    private static final String PARTITION = "wadi-inbox-partition";
    private static final String TIMESTAMP = "wadi-inbox-timestamp";

    private InboxRecords() {}

    /** Returns the id of a record; null if it has none. */
    public static byte[] id(ProducerRecord<?, ?> record) {
        Header id = record.headers().lastHeader(ReservedHeaders.SENDER_ID);
        return id == null ? null : id.value();
    }

    /** Returns the inbox record for a record of a deduplicated topic; the record must have an id. */
    public static ProducerRecord<Object, Object> of(Topic topic, ProducerRecord<Object, Object> record) {
        Headers headers = new RecordHeaders(record.headers());
        addKeyAndTimestamp(record, headers::add);
        if (record.partition() != null) {
            headers.add(
                    PARTITION,
                    ByteBuffer.allocate(Integer.BYTES)
                            .putInt(record.partition())
                            .array());
        }
        return new ProducerRecord<>(topic.inbox(), null, null, id(record), record.value(), headers);
    }

    /** Returns the partition of the inbox to which producers send an id. */
    static int partition(byte[] id, int partitions) {
        return Partitioning.DEFAULT.partition(id, partitions);
    }

    private static void addKeyAndTimestamp(ProducerRecord<Object, Object> record, Consumer<Header> headers) {
        if (record.key() != null) {
            headers.accept(new RecordHeader(KEY, (byte[]) record.key()));
        }
        if (record.timestamp() != null) {
            headers.accept(new RecordHeader(
                    TIMESTAMP,
                    ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array()));
        }
    }

    /**
     * Returns the content digest of an event from the headers and the value of its inbox record. It covers the event's
     * key, timestamp, value and headers, except headers that differ between an event and its retry or replay.
     */
    static Digest digest(Headers inbox, ByteBuffer value) {
        List<Header> content = new ArrayList<>();
        for (Header header : inbox) {
            if (header.key().equals(KEY) || header.key().equals(TIMESTAMP) || isContent(header.key())) {
                content.add(header);
            }
        }
        return Digest.ofEvent(content, value);
    }

    /** Returns the same digest from a record of the topic. */
    static Digest digest(ProducerRecord<Object, Object> record) {
        List<Header> content = new ArrayList<>();
        for (Header header : record.headers()) {
            if (isContent(header.key())) {
                content.add(header);
            }
        }
        addKeyAndTimestamp(record, content::add);
        byte[] value = (byte[]) record.value();
        return Digest.ofEvent(content, value == null ? null : ByteBuffer.wrap(value));
    }

    private static boolean isContent(String header) {
        return !ReservedHeaders.isReserved(header) && !header.equals(TraceParent.NAME);
    }

    /**
     * Returns a hash of the sender of an event, from its id {@code ~<sender>~<id>}. All ids that are stored as a hash
     * count as one sender.
     */
    static int sender(byte[] id) {
        int hash = 0;
        for (int i = 1; i < id.length && id[i] != '~' && hash != '#'; i++) {
            hash = 31 * hash + id[i];
        }
        return hash;
    }

    /** Returns the event's own key from an inbox record; null if the event has none. */
    static byte[] key(ConsumerRecord<byte[], ByteBuffer> inbox) {
        Header key = inbox.headers().lastHeader(KEY);
        return key == null ? null : key.value();
    }

    /**
     * Returns why a record of an inbox cannot have been written by ingest; null if the record is valid.
     *
     * @param partitions the number of the topic's partitions
     */
    static String invalid(ConsumerRecord<byte[], ByteBuffer> inbox, int partitions) {
        if (inbox.key() == null || inbox.headers().lastHeader(ReservedHeaders.SENDER_ID) == null) {
            return "the record has no id: expected it in the key and in header %s".formatted(ReservedHeaders.SENDER_ID);
        }
        for (Header header : inbox.headers()) {
            int length = header.key().equals(PARTITION)
                    ? Integer.BYTES
                    : header.key().equals(TIMESTAMP) ? Long.BYTES : 0;
            if (length > 0 && number(header, length) < 0) {
                return "header %s: expected a number from 0 of %d bytes".formatted(header.key(), length);
            }
        }
        return partition(inbox) < partitions
                ? null
                : "header %s is %d, but the last partition of the topic is %d"
                        .formatted(PARTITION, partition(inbox), partitions - 1);
    }

    /** Returns the partition of the topic that an inbox record requests; -1 if it requests none. */
    static int partition(ConsumerRecord<byte[], ByteBuffer> inbox) {
        Header partition = inbox.headers().lastHeader(PARTITION);
        return partition == null ? -1 : (int) number(partition, Integer.BYTES);
    }

    /** Returns the number in a header; -1 if the value does not have this length or is negative. */
    private static long number(Header header, int length) {
        byte[] value = header.value();
        return value == null || value.length != length ? -1 : Math.max(-1, new BigInteger(value).longValueExact());
    }

    /**
     * Returns the record of the topic for a valid inbox record. An event without a timestamp gets that of the inbox
     * record.
     */
    static ProducerRecord<Object, Object> forward(Topic topic, ConsumerRecord<byte[], ByteBuffer> inbox) {
        int partition = partition(inbox);
        Header timestamp = inbox.headers().lastHeader(TIMESTAMP);
        return new ProducerRecord<>(
                topic.name(),
                partition < 0 ? null : (Integer) partition,
                timestamp == null ? (Long) inbox.timestamp() : (Long) number(timestamp, Long.BYTES),
                key(inbox),
                Utils.toNullableArray(inbox.value()),
                new RecordHeaders(inbox.headers()).remove(KEY).remove(PARTITION).remove(TIMESTAMP));
    }
}
