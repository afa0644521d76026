package io.wadi.indexing.document;

import io.wadi.kafka.records.HeldBytes;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record as a document, under an id that is always the same for the same record.
 *
 * @param consumed the record
 * @param of the batch that contains the record
 * @param index the index in which the document is created
 * @param selectsIndex whether a time in the document selects another index than the record's timestamp
 * @param id the document's {@code _id}
 * @param origin the record's original position, as {@code <topic>+<partition>+<offset>}
 * @param json one JSON object in one line
 */
public record Document(
        ConsumerRecord<byte[], ByteBuffer> consumed,
        PendingBatch of,
        String index,
        boolean selectsIndex,
        String id,
        String origin,
        ByteBuffer json) {

    /** Returns the document's approximate size in a request. */
    public long bytes() {
        return json.remaining();
    }

    /**
     * Returns the approximate heap size of the document until it is indexed. It includes the record's key and headers,
     * which are needed for a dead letter.
     */
    public long heldBytes() {
        return bytes() + HeldBytes.of(consumed.key(), consumed.headers());
    }

    /** Returns whether the id is the sender's, so that another record's document may have it too. */
    public boolean hasSenderId() {
        return !id.equals(origin);
    }
}
