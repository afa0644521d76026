package io.wadi.indexing;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Documents that go to Elasticsearch in one {@code _bulk} request, each to be created only if it does not exist.
 *
 * @param documents in the order of the request's items; at least one
 * @param bytes of the documents together
 */
record Bulk(List<Document> documents, long bytes) {

    int size() {
        return documents.size();
    }

    /** What camel-elasticsearch takes. */
    BulkRequest.Builder request() {
        BulkRequest.Builder request = new BulkRequest.Builder();
        for (Document document : documents) {
            request.operations(operation -> operation.create(
                    create -> create.index(document.index()).id(document.id()).document(data(document.json()))));
        }
        return request;
    }

    private static BinaryData data(ByteBuffer json) {
        return BinaryData.of(
                json.array(), json.arrayOffset() + json.position(), json.remaining(), ContentType.APPLICATION_JSON);
    }
}
