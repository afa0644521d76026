package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.apache.http.HttpStatus;
import org.elasticsearch.client.ResponseException;

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
        try {
            Optional<JsonNode> found = admin.get(path(index, id));
            if (found.isPresent()) {
                return found.map(document -> document(index, id, document));
            }
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() != HttpStatus.SC_BAD_REQUEST) {
                throw e;
            }
        }
        return findInEach(index, id);
    }

    /**
     * Returns a document from any index behind an alias or a data stream. If there are several, Elasticsearch rejects a
     * request for a document by the common name with 400 or 404.
     */
    private Optional<TopicView.Document> findInEach(String name, String id) throws IOException {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        ArrayNode documents = request.putArray("docs");
        admin.get("/" + name + "/_settings/index.uuid")
                .ifPresent(indices -> indices.fieldNames()
                        .forEachRemaining(index ->
                                documents.addObject().put("_index", index).put("_id", id)));
        if (documents.isEmpty()) {
            return Optional.empty();
        }
        for (JsonNode each : admin.post("/_mget", request.toString()).path("docs")) {
            if (each.path("found").asBoolean()) {
                return Optional.of(document(each.path("_index").asText(), id, each));
            }
        }
        return Optional.empty();
    }

    private TopicView.Document document(String index, String id, JsonNode found) {
        return new TopicView.Document(admin.url() + path(index, id), masking.json(found.path("_source")));
    }

    private static String path(String index, String id) {
        return "/" + index + "/_doc/" + URLEncoder.encode(id, UTF_8).replace("+", "%20");
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
