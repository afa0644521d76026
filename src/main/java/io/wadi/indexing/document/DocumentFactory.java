package io.wadi.indexing.document;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes records documents. Thread-safe. */
public final class DocumentFactory {
    private final IndexName index;
    private final EventTime time;
    private final boolean addTimestamp;
    private final KeyField key;

    /**
     * Takes where they go, what time they are of, whether those without an {@code @timestamp} get one, as data streams need
     * it, and which field their records' keys become; else documents stay as they are.
     */
    public DocumentFactory(IndexName index, EventTime time, boolean addTimestamp, KeyField key) {
        this.index = index;
        this.time = time;
        this.addTimestamp = addTimestamp;
        this.key = key;
    }

    /**
     * A record's document.
     *
     * @throws IllegalArgumentException where it cannot be one; the message says why
     */
    public Document of(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch run) {
        ByteBuffer json = JsonObjects.inOneLine(consumed.value());
        String name = index.at(index.isDated() ? time.millis(consumed, json) : 0);
        ByteBuffer document = addTimestamp ? time.withTimestamp(consumed, json) : json;
        return identified(consumed, run, name, key.with(consumed, document));
    }

    /** Under a sender's id, a document says of which record it is; else its id says so. */
    private static Document identified(
            ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch run, String index, ByteBuffer json) {
        String id = DocumentId.of(consumed);
        String origin = DocumentId.origin(consumed);
        ByteBuffer whole = id.equals(origin)
                ? json
                : JsonObjects.withField(json, DocumentId.ORIGIN_FIELD, JsonObjects.quoted(origin));
        return new Document(consumed, run, index, id, origin, whole);
    }
}
