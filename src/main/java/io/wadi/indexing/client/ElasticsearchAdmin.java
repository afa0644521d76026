package io.wadi.indexing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.http.HttpStatus;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;

/** Sends requests for templates, aliases and indices. Thread-safe. */
public final class ElasticsearchAdmin implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ElasticsearchConnection elasticsearch;
    private final LazyRestClient client;

    /** Creates an object that connects on demand. */
    public ElasticsearchAdmin(ElasticsearchConnection elasticsearch) {
        this.elasticsearch = elasticsearch;
        this.client = new LazyRestClient(elasticsearch);
    }

    public String url() {
        return elasticsearch.url();
    }

    /** Returns the object at a path; empty if there is none. */
    public Optional<JsonNode> get(String path) throws IOException {
        try {
            return Optional.of(send("GET", path, null));
        } catch (ResponseException e) {
            if (status(e) == HttpStatus.SC_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public void put(String path, String body) throws IOException {
        send("PUT", path, body);
    }

    public JsonNode post(String path, String body) throws IOException {
        return send("POST", path, body);
    }

    /** Creates an index unless it exists; returns whether it was created. */
    public boolean create(String index, String body) throws IOException {
        try {
            send("PUT", "/" + index, body);
            return true;
        } catch (ResponseException e) {
            if (!e.getMessage().contains("resource_already_exists_exception")) {
                throw e;
            }
            return false;
        }
    }

    /** Returns whether Elasticsearch supports lifecycle policies; some distributions do not. */
    public boolean hasLifecycles() throws IOException {
        try {
            send("GET", "/_ilm/policy", null);
            return true;
        } catch (ResponseException e) {
            return switch (status(e)) {
                case HttpStatus.SC_BAD_REQUEST, HttpStatus.SC_METHOD_NOT_ALLOWED, HttpStatus.SC_NOT_FOUND -> false;
                default -> throw e;
            };
        }
    }

    private static int status(ResponseException e) {
        return e.getResponse().getStatusLine().getStatusCode();
    }

    private JsonNode send(String method, String path, String body) throws IOException {
        Request request = new Request(method, path);
        if (body != null) {
            request.setJsonEntity(body);
        }
        Response response = client.get().performRequest(request);
        try (InputStream content = response.getEntity().getContent()) {
            return JSON.readTree(content);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
