package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.LazyRestClient;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.management.TopicView;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.camel.CamelContext;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;

/** Finds and counts documents for the management page. Thread-safe. */
public final class IndexedDocuments implements TopicView.Documents, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOT_FOUND = 404;

    private final CamelContext context;
    private final ElasticsearchConnection elasticsearch;
    private final Masking masking;
    private final LazyRestClient client;

    /** Creates a view that masks documents; connects on demand. */
    public IndexedDocuments(CamelContext context, ElasticsearchConnection elasticsearch, Masking masking) {
        this.context = context;
        this.elasticsearch = elasticsearch;
        this.client = new LazyRestClient(elasticsearch);
        this.masking = masking;
    }

    @Override
    public String url() {
        return elasticsearch.url();
    }

    /** Returns the routes of this process. */
    @Override
    public List<TopicView.IndexingRoute> routes() {
        return ConsumingRoutes.all(context, IndexingEndpoint.class).stream()
                .map(found -> new TopicView.IndexingRoute(
                        found.route(),
                        found.topics(),
                        found.group(),
                        found.target().documents()))
                .toList();
    }

    /** Returns a document, also before a refresh. */
    @Override
    public Optional<TopicView.Document> find(String index, String id) throws IOException {
        String path = "/" + index + "/_doc/" + URLEncoder.encode(id, UTF_8).replace("+", "%20");
        try {
            Response response = client.get().performRequest(new Request("GET", path));
            try (InputStream body = response.getEntity().getContent()) {
                JsonNode source = masking.json(JSON.readTree(body).path("_source"));
                return Optional.of(new TopicView.Document(elasticsearch.url() + path, source));
            }
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Counts the documents of an index, or of all indices that a wildcard pattern matches; empty if there is none.
     *
     * @throws IOException also if a shard does not respond
     */
    @Override
    public OptionalLong count(String name) throws IOException {
        try {
            Response response = client.get().performRequest(new Request("GET", "/" + name + "/_count"));
            try (InputStream body = response.getEntity().getContent()) {
                JsonNode counted = JSON.readTree(body);
                if (counted.at("/_shards/failed").asInt() > 0) {
                    throw new IOException("%s of %s shards of %s did not count their documents"
                            .formatted(counted.at("/_shards/failed"), counted.at("/_shards/total"), name));
                }
                return counted.at("/_shards/total").asInt() == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(counted.path("count").asLong());
            }
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == NOT_FOUND) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
