package io.wadi.indexing;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes records documents. Thread-safe. */
final class Documents {
    private final String index;

    /** Takes the index they go to. */
    Documents(String index) {
        this.index = index;
    }

    /**
     * A record's document.
     *
     * @throws IllegalArgumentException where it cannot be one; the message says why
     */
    Document of(ConsumerRecord<byte[], ByteBuffer> consumed, OpenRun run) {
        return new Document(consumed, run, index, DocumentId.of(consumed), JsonObjects.inOneLine(consumed.value()));
    }
}
