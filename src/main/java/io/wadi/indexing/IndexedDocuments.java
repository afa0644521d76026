package io.wadi.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;

/** Finds a record's document, for the page. Thread-safe. */
public final class IndexedDocuments implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOT_FOUND = 404;

    private final ElasticsearchConnection elasticsearch;
    private final String index;
    private RestClient client;

    /** Takes the way to Elasticsearch and the index; connects when asked. */
    public IndexedDocuments(ElasticsearchConnection elasticsearch, String index) {
        this.elasticsearch = elasticsearch;
        this.index = index;
    }

    /**
     * A document.
     *
     * @param index where it is
     * @param id its {@code _id}
     * @param url where a browser finds it
     * @param document its source
     */
    public record Found(String index, String id, String url, JsonNode document) {}

    /** The document of a record whose event carries no id, if it is indexed; seen at once, without waiting for a refresh. */
    public Optional<Found> find(String topic, int partition, long offset) throws IOException {
        String id = DocumentId.of(topic, partition, offset);
        String path = "/" + index + "/_doc/" + id.replace("+", "%2B");
        try {
            Response answer = client().performRequest(new Request("GET", path));
            try (InputStream body = answer.getEntity().getContent()) {
                JsonNode source = JSON.readTree(body).path("_source");
                return Optional.of(new Found(index, id, elasticsearch.url() + path, source));
            }
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private synchronized RestClient client() {
        if (client == null) {
            client = elasticsearch.newClient();
        }
        return client;
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }
}
