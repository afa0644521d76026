package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.management.TopicView;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.camel.CamelContext;

/** Finds and counts documents for the management page. Thread-safe. */
public final class IndexedDocuments implements TopicView.Documents, AutoCloseable {
    private final CamelContext context;
    private final ElasticsearchAdmin admin;
    private final Masking masking;

    /** Creates a view that masks documents; connects on demand. */
    public IndexedDocuments(CamelContext context, ElasticsearchConnection elasticsearch, Masking masking) {
        this.context = context;
        this.admin = new ElasticsearchAdmin(elasticsearch);
        this.masking = masking;
    }

    @Override
    public String url() {
        return admin.url();
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

    /** Returns a document, even before a refresh. */
    @Override
    public Optional<TopicView.Document> find(String index, String id) throws IOException {
        String path = "/" + index + "/_doc/" + URLEncoder.encode(id, UTF_8).replace("+", "%20");
        return admin.get(path)
                .map(document -> new TopicView.Document(admin.url() + path, masking.json(document.path("_source"))));
    }

    /**
     * Counts the documents of an index, or of all indices that a wildcard pattern matches; empty if there is none.
     *
     * @throws IOException also if a shard does not respond
     */
    @Override
    public OptionalLong count(String name) throws IOException {
        Optional<JsonNode> counted = admin.get("/" + name + "/_count");
        if (counted.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode shards = counted.get().path("_shards");
        if (shards.path("failed").asInt() > 0) {
            throw new IOException("%s of %s shards of %s did not count their documents"
                    .formatted(shards.path("failed"), shards.path("total"), name));
        }
        return shards.path("total").asInt() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(counted.get().path("count").asLong());
    }

    @Override
    public void close() throws IOException {
        admin.close();
    }
}
