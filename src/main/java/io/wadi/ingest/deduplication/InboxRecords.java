package io.wadi.ingest.deduplication;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.telemetry.TraceParent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * Converts records of a deduplicated topic to those of its inbox and back. In the inbox the key is the event's id, and the
 * event's own key, partition and timestamp are headers.
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

    /** Returns the inbox's record of a record with an id. */
    public static ProducerRecord<Object, Object> of(Topic topic, ProducerRecord<Object, Object> record) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        if (record.key() != null) {
            headers.add(KEY, (byte[]) record.key());
        }
        if (record.partition() != null) {
            headers.add(
                    PARTITION,
                    ByteBuffer.allocate(Integer.BYTES)
                            .putInt(record.partition())
                            .array());
        }
        if (record.timestamp() != null) {
            headers.add(
                    TIMESTAMP,
                    ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array());
        }
        return new ProducerRecord<>(topic.inbox(), null, null, id(record), record.value(), headers);
    }

    /**
     * Returns the digest of an event by the headers and the value of its inbox's record: of its key, timestamp, value and all
     * headers but those that differ between an event and its retry or replay.
     */
    static Digest digest(Headers inbox, ByteBuffer value) {
        List<Header> content = new ArrayList<>();
        for (Header header : inbox) {
            String name = header.key();
            if (name.equals(KEY)
                    || name.equals(TIMESTAMP)
                    || !(ReservedHeaders.isReserved(name) || name.equals(TraceParent.NAME))) {
                content.add(header);
            }
        }
        return Digest.ofEvent(content, value);
    }

    /** Returns a hash of the sender of an inbox's record, by its id {@code ~<sender>~<id>}; ids that are hashed share one. */
    static int sender(ConsumerRecord<byte[], ByteBuffer> inbox) {
        byte[] id = inbox.key();
        int hash = 0;
        for (int i = 1; i < id.length && id[i] != '~' && hash != '#'; i++) {
            hash = 31 * hash + id[i];
        }
        return hash;
    }

    /** Returns the event's own key of an inbox's record; null if it has none. */
    static byte[] key(ConsumerRecord<byte[], ByteBuffer> inbox) {
        Header key = inbox.headers().lastHeader(KEY);
        return key == null ? null : key.value();
    }

    /** Returns the record of the topic. An event without a timestamp has the time of the inbox's record. */
    static ProducerRecord<Object, Object> forward(Topic topic, ConsumerRecord<byte[], ByteBuffer> inbox) {
        Header partition = inbox.headers().lastHeader(PARTITION);
        Header timestamp = inbox.headers().lastHeader(TIMESTAMP);
        return new ProducerRecord<>(
                topic.name(),
                partition == null
                        ? null
                        : (Integer) ByteBuffer.wrap(partition.value()).getInt(),
                timestamp == null
                        ? inbox.timestamp()
                        : ByteBuffer.wrap(timestamp.value()).getLong(),
                key(inbox),
                Utils.toNullableArray(inbox.value()),
                new RecordHeaders(inbox.headers().toArray())
                        .remove(KEY)
                        .remove(PARTITION)
                        .remove(TIMESTAMP));
    }
}
