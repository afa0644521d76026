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
     * Creates a factory. Documents are the unchanged values, except for added fields.
     *
     * @param addTimestamp whether to add a missing {@code @timestamp}, as data streams require
     * @param key the field for the records' keys
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
     * @throws IllegalArgumentException if the record cannot be a document; the message contains the reason
     */
    public Document of(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch batch) {
        ByteBuffer json = JsonObjects.inOneLine(consumed.value(), name -> !DocumentId.isReserved(name));
        String name = index.at(index.isDated() ? time.millis(consumed, json) : 0);
        boolean selectsIndex = index.isDated() && !name.equals(index.at(consumed.timestamp()));
        ByteBuffer document = addTimestamp ? time.withTimestamp(consumed, json) : json;
        return identified(consumed, batch, name, selectsIndex, key.with(consumed, document));
    }

    /**
     * Returns the document with its id. If the id is the sender's, the record's position is added as a field; otherwise
     * it is the id.
     */
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
