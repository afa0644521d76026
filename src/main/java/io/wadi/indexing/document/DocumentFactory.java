package io.wadi.indexing.document;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Converts records to documents. Thread-safe.
 *
 * @param addTimestamp whether to add a missing {@code @timestamp}, as data streams require
 * @param key the field for records' keys
 */
public record DocumentFactory(IndexName index, EventTime time, boolean addTimestamp, KeyField key) {
    /**
     * Returns a record's document.
     *
     * @throws IllegalArgumentException if it cannot be one; the message says why
     */
    public Document of(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch batch) {
        ByteBuffer json = JsonObjects.inOneLine(consumed.value());
        String name = index.at(index.isDated() ? time.millis(consumed, json) : 0);
        ByteBuffer document = addTimestamp ? time.withTimestamp(consumed, json) : json;
        return identified(consumed, batch, name, key.with(consumed, document));
    }

    /** A document with a sender's id names its record in a field; otherwise its id does. */
    private static Document identified(
            ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch batch, String index, ByteBuffer json) {
        String id = DocumentId.of(consumed);
        String origin = DocumentId.origin(consumed);
        ByteBuffer whole = id.equals(origin)
                ? json
                : JsonObjects.withField(json, DocumentId.ORIGIN_FIELD, JsonObjects.quoted(origin));
        return new Document(consumed, batch, index, id, origin, whole);
    }
}
