package io.wadi.indexing.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.wadi.indexing.document.Document;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Documents for one {@code _bulk} request, each to be created only if it does not exist.
 *
 * @param documents the documents in the order of the request's items; at least one
 * @param bytes the size of all documents
 */
public record DocumentBatch(List<Document> documents, long bytes) {
    /** Bytes of documents that are written to the socket at once; a larger document is written by itself. */
    private static final int ONE_WRITE = 32 * 1024;

    private static final byte[] BEFORE_INDEX = "{\"create\":{\"_index\":\"".getBytes(UTF_8);
    private static final byte[] BEFORE_ID = "\",\"_id\":\"".getBytes(UTF_8);
    private static final byte[] AFTER_ID = "\"}}\n".getBytes(UTF_8);

    int size() {
        return documents.size();
    }

    /**
     * Returns the request for camel-elasticsearch. An operation contains several documents: the one it names, and those
     * with lines that follow in its content. With one operation for each document, Elasticsearch's client would write
     * every line to the socket separately, which costs more than everything else.
     */
    BulkRequest.Builder request() {
        BulkRequest.Builder request = new BulkRequest.Builder();
        int from = 0;
        while (from < size()) {
            List<Document> together = documents.subList(from, endOfWrite(from));
            Document first = together.get(0);
            request.operations(operation -> operation.create(
                    create -> create.index(first.index()).id(first.id()).document(content(together))));
            from += together.size();
        }
        return request;
    }

    private int endOfWrite(int from) {
        int to = from + 1;
        long written = documents.get(from).bytes();
        while (to < size() && written + documents.get(to).bytes() <= ONE_WRITE) {
            written += documents.get(to).bytes();
            to++;
        }
        return to;
    }

    /** Returns the first document, then the action and the document of each other one, each in a line. */
    private static BinaryData content(List<Document> together) {
        if (together.size() == 1) {
            ByteBuffer json = together.get(0).json();
            return BinaryData.of(
                    json.array(), json.arrayOffset() + json.position(), json.remaining(), ContentType.APPLICATION_JSON);
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream(2 * ONE_WRITE);
        for (Document each : together) {
            if (lines.size() > 0) {
                lines.write('\n');
                writeAction(each, lines);
            }
            ByteBuffer json = each.json();
            lines.write(json.array(), json.arrayOffset() + json.position(), json.remaining());
        }
        return BinaryData.of(lines.toByteArray(), ContentType.APPLICATION_JSON);
    }

    private static void writeAction(Document document, ByteArrayOutputStream lines) {
        JsonStringEncoder json = JsonStringEncoder.getInstance();
        lines.writeBytes(BEFORE_INDEX);
        lines.writeBytes(json.quoteAsUTF8(document.index()));
        lines.writeBytes(BEFORE_ID);
        lines.writeBytes(json.quoteAsUTF8(document.id()));
        lines.writeBytes(AFTER_ID);
    }
}
