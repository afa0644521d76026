package io.wadi.indexing.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.LazyRestClient;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.DocumentId;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseListener;

/**
 * Reads from which records existing documents with sender ids were created, with one {@code _mget} request for all
 * conflicts of a {@code _bulk} response. The documents contain the position of their record in the field
 * {@link DocumentId#ORIGIN_FIELD}, which Wadi writes. Connects at the first conflict. Thread-safe.
 */
public final class StoredOrigins implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LazyRestClient client;

    public StoredOrigins(ElasticsearchConnection elasticsearch) {
        this.client = new LazyRestClient(elasticsearch);
    }

    /**
     * An existing document with the same id.
     *
     * @param origin the original position of its record; empty if the document has none
     * @param problem why it could not be read; null if it was
     */
    public record Stored(String origin, String problem) {}

    /**
     * Returns a transport that sends requests through another one, and adds the existing documents to results with
     * conflicts.
     */
    public BiConsumer<DocumentBatch, Consumer<BulkResult>> after(
            BiConsumer<DocumentBatch, Consumer<BulkResult>> transport) {
        return (bulk, handler) -> transport.accept(bulk, result -> {
            List<Integer> conflicts = result.conflicts();
            if (conflicts.isEmpty()) {
                handler.accept(result);
            } else {
                read(result, conflicts, handler);
            }
        });
    }

    private void read(BulkResult result, List<Integer> conflicts, Consumer<BulkResult> handler) {
        ResponseListener listener = new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                handler.accept(completed(result, conflicts, response));
            }

            @Override
            public void onFailure(Exception failure) {
                handler.accept(BulkResult.failed(result.bulk(), failure));
            }
        };
        try {
            client.get().performRequestAsync(request(result, conflicts), listener);
        } catch (RuntimeException e) {
            listener.onFailure(e);
        }
    }

    /** Requests the documents from the indices in the response, since an alias or a data stream can have several. */
    private static Request request(BulkResult result, List<Integer> conflicts) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode documents = body.putArray("docs");
        for (int item : conflicts) {
            documents
                    .addObject()
                    .put("_index", result.items().get(item).index())
                    .put("_id", result.bulk().documents().get(item).id());
        }
        Request request = new Request("POST", "/_mget");
        request.addParameter("_source_includes", DocumentId.ORIGIN_FIELD);
        request.setJsonEntity(body.toString());
        return request;
    }

    private static BulkResult completed(BulkResult result, List<Integer> conflicts, Response response) {
        try (InputStream content = response.getEntity().getContent()) {
            JsonNode documents = JSON.readTree(content).path("docs");
            if (documents.size() != conflicts.size()) {
                throw new IOException(
                        "requested %d documents, received %d".formatted(conflicts.size(), documents.size()));
            }
            Map<Integer, Stored> stored = new HashMap<>();
            for (int i = 0; i < conflicts.size(); i++) {
                stored.put(conflicts.get(i), stored(documents.get(i)));
            }
            return result.with(stored);
        } catch (IOException e) {
            return BulkResult.failed(result.bulk(), e);
        }
    }

    private static Stored stored(JsonNode document) {
        if (document.path("found").asBoolean()) {
            return new Stored(
                    document.path("_source").path(DocumentId.ORIGIN_FIELD).asText(), null);
        }
        String why = document.has("error")
                ? document.at("/error/type").asText() + ": "
                        + document.at("/error/reason").asText()
                : "it has been deleted";
        return new Stored(null, "reading the document with the same sender id failed: " + why);
    }

    /**
     * Returns the rejection of a document with the id of another record's document. The first line of the message is
     * the same for all documents of an index.
     */
    static RejectedDocumentException refusal(Document document, Stored stored) {
        return new RejectedDocumentException("""
                index %s already has a document with this sender id, of another record
                _id %s; origin of the stored document: %s; origin of this record: %s""".formatted(
                document.index(),
                document.id(),
                stored.origin().isEmpty() ? "unknown (no field " + DocumentId.ORIGIN_FIELD + ")" : stored.origin(),
                document.origin()));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
