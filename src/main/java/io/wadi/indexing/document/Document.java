package io.wadi.indexing.document;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record on its way to Elasticsearch, as a document under an id that is always the same for the same record.
 *
 * @param consumed the record
 * @param of the run that it came in
 * @param index where it is created
 * @param id its {@code _id}
 * @param origin where the record was first, as {@code <topic>+<partition>+<offset>}
 * @param json one JSON object in one line
 */
public record Document(
        ConsumerRecord<byte[], ByteBuffer> consumed,
        PendingBatch of,
        String index,
        String id,
        String origin,
        ByteBuffer json) {

    /** About what it takes in a request. */
    public long bytes() {
        return json.remaining();
    }

    /** Whether the document of another record may have the same id: the sender chose it. */
    public boolean hasSenderId() {
        return !id.equals(origin);
    }
}
