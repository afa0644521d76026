package io.wadi.indexing;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records that go to Elasticsearch in one {@code _bulk} request, and what each is asked to become: a document under an id
 * that is always the same for the same record, created only if it does not exist.
 */
final class Bulk {
    private final String index;
    private final List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
    private final List<ByteBuffer> documents = new ArrayList<>();
    private long bytes;

    Bulk(String index) {
        this.index = index;
    }

    /** Adds a record and its document, a JSON object in one line. */
    void add(ConsumerRecord<byte[], ByteBuffer> consumed, ByteBuffer document) {
        records.add(consumed);
        documents.add(document);
        bytes += document.remaining();
    }

    /** The records, in the order of the request's items. */
    List<ConsumerRecord<byte[], ByteBuffer>> records() {
        return records;
    }

    int size() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }

    BulkRequest.Builder request() {
        BulkRequest.Builder request = new BulkRequest.Builder();
        for (int i = 0; i < records.size(); i++) {
            String id = DocumentId.of(records.get(i));
            BinaryData document = data(documents.get(i));
            request.operations(operation ->
                    operation.create(create -> create.index(index).id(id).document(document)));
        }
        return request;
    }

    private static BinaryData data(ByteBuffer document) {
        return BinaryData.of(
                document.array(),
                document.arrayOffset() + document.position(),
                document.remaining(),
                ContentType.APPLICATION_JSON);
    }
}
