package io.wadi.indexing.document;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Converts records to documents. Thread-safe. */
public final class DocumentFactory {
    private final IndexName index;
    private final EventTime time;
    private final boolean addTimestamp;
    private final KeyField key;

    /**
     * Takes the index, the time of events, whether to add a missing {@code @timestamp}, as data streams require, and the field
     * for records' keys; otherwise documents are unchanged.
     */
    public DocumentFactory(IndexName index, EventTime time, boolean addTimestamp, KeyField key) {
        this.index = index;
        this.time = time;
        this.addTimestamp = addTimestamp;
        this.key = key;
    }

    /**
     * Returns a record's document.
     *
     * @throws IllegalArgumentException if it cannot be one; the message says why
     */
    public Document of(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch batch) {
        ByteBuffer json = JsonObjects.inOneLine(consumed.value(), name -> !DocumentId.isReserved(name));
        String name = index.at(index.isDated() ? time.millis(consumed, json) : 0);
        boolean selectsIndex = index.isDated() && !name.equals(index.at(consumed.timestamp()));
        ByteBuffer document = addTimestamp ? time.withTimestamp(consumed, json) : json;
        return identified(consumed, batch, name, selectsIndex, key.with(consumed, document));
    }

    /** A document with a sender's id names its record in a field; otherwise its id does. */
    private static Document identified(
            ConsumerRecord<byte[], ByteBuffer> consumed,
            PendingBatch batch,
            String index,
            boolean selectsIndex,
            ByteBuffer json) {
        String id = DocumentId.of(consumed);
        String origin = DocumentId.origin(consumed);
        ByteBuffer whole = id.equals(origin)
                ? json
                : JsonObjects.withField(json, DocumentId.ORIGIN_FIELD, JsonObjects.quoted(origin));
        return new Document(consumed, batch, index, selectsIndex, id, origin, whole);
    }
}
