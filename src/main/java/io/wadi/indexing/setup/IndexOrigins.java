package io.wadi.indexing.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.document.IndexName;
import io.wadi.kafka.topics.TopicIdentity;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.http.HttpStatus;
import org.elasticsearch.client.ResponseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index {@value #INDEX}: one document for each index and topic, with the id of the topic that is indexed.
 * Ids of documents contain the topic's name and an offset only, which do not distinguish a topic from a recreated one
 * or from one of another cluster with the same name. Without the comparison, its records would count as indexed
 * already. The first owner of any partition creates the document; each later one compares it. It is never overwritten.
 * Thread-safe.
 */
public final class IndexOrigins {
    private static final String INDEX = "wadi-origins";
    private static final Logger LOG = LoggerFactory.getLogger(IndexOrigins.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SETTINGS = """
            {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1", "default_pipeline": "_none",
              "final_pipeline": "_none"},
             "mappings": {"dynamic": false}}""";
    private static final String REMEDY =
            "; its offsets, and so the ids of documents, are unrelated, and nothing is indexed. Set another index"
                    + " (wadi.indexing.index); or delete the topic's documents, or keep them if the offsets continue, as in"
                    + " a cluster restored from a copy, and then send DELETE %s to Elasticsearch";

    private final ElasticsearchAdmin admin;
    private final Function<String, Optional<TopicIdentity>> identities;
    private final AtomicBoolean isForbiddenLogged = new AtomicBoolean();

    /**
     * Creates the comparison of topics' identities.
     *
     * @param identities returns a topic's identity; empty if the cluster's topics have none
     */
    public IndexOrigins(ElasticsearchAdmin admin, Function<String, Optional<TopicIdentity>> identities) {
        this.admin = admin;
        this.identities = identities;
    }

    /**
     * Returns the topics with documents in an index; none without the privileges to read them.
     *
     * @param index as in {@link IndexName#toString}
     */
    public static List<String> topics(ElasticsearchAdmin admin, String index) throws IOException {
        try {
            List<String> topics = new ArrayList<>();
            for (JsonNode hit : admin.get("/" + INDEX + "/_search?size=10000")
                    .orElseGet(JSON::createObjectNode)
                    .at("/hits/hits")) {
                JsonNode source = hit.path("_source");
                if (source.path("index").asText().equals(index)) {
                    topics.add(source.path("topic").asText());
                }
            }
            return topics;
        } catch (ResponseException e) {
            if (!isForbidden(e)) {
                throw e;
            }
            return List.of();
        }
    }

    /** Returns the path of the document for an index and a topic. */
    public static String path(String index, String topic) {
        return "/" + INDEX + "/_doc/" + id(index, topic);
    }

    private static String id(String index, String topic) {
        return URLEncoder.encode(index + "+" + topic, UTF_8);
    }

    /**
     * Creates the document for an index and a topic, or compares an existing one. Without the privileges for it, a
     * warning is logged, and nothing is compared.
     *
     * @return why nothing may be indexed, if the index has documents of another topic with this name; otherwise empty
     */
    Optional<String> conflict(IndexName index, String topic) throws IOException {
        Optional<TopicIdentity> current = identities.apply(topic);
        if (current.isEmpty()) {
            return Optional.empty();
        }
        try {
            return conflict(index, topic, current.get());
        } catch (ResponseException e) {
            if (!isForbidden(e)) {
                throw e;
            }
            if (isForbiddenLogged.compareAndSet(false, true)) {
                LOG.warn(
                        "Recreated topics are not detected: Elasticsearch denies access to index {}; expected the privileges"
                                + " create_index, create_doc and read: {}",
                        INDEX,
                        e.getMessage());
            }
            return Optional.empty();
        }
    }

    private Optional<String> conflict(IndexName index, String topic, TopicIdentity current) throws IOException {
        String id = id(index.toString(), topic);
        String path = path(index.toString(), topic);
        Optional<JsonNode> stored = admin.get(path);
        if (stored.isEmpty()) {
            admin.create(INDEX, SETTINGS);
            if (create(id, index, topic, current)) {
                return Optional.empty();
            }
            stored = admin.get(path);
        }
        return difference(
                stored.orElseThrow(() -> new IOException(path + " was deleted meanwhile")),
                index.toString(),
                topic,
                current);
    }

    /**
     * Compares the identity of a topic with the recorded one, if there is any. Creates nothing; without the privileges
     * to read it, nothing is compared.
     *
     * @param index as in {@link IndexName#toString}
     * @return why nothing may be indexed, if the index has documents of another topic with this name; otherwise empty
     */
    public static Optional<String> difference(
            ElasticsearchAdmin admin, String index, String topic, TopicIdentity current) throws IOException {
        try {
            return admin.get(path(index, topic)).flatMap(stored -> difference(stored, index, topic, current));
        } catch (ResponseException e) {
            if (!isForbidden(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static boolean isForbidden(ResponseException e) {
        return e.getMessage().contains("security_exception");
    }

    private static Optional<String> difference(JsonNode stored, String index, String topic, TopicIdentity current) {
        JsonNode source = stored.path("_source");
        TopicIdentity recorded = new TopicIdentity(
                source.path("topic-id").asText(), source.path("cluster-id").asText());
        return recorded.id().equals(current.id())
                ? Optional.empty()
                : Optional.of(current.difference("topic " + topic, "the documents in index " + index, recorded)
                        + REMEDY.formatted(path(index, topic)));
    }

    /**
     * Creates the document. Returns whether it was created: the owner of another partition may have created it first.
     */
    private boolean create(String id, IndexName index, String topic, TopicIdentity current) throws IOException {
        try {
            admin.put(
                    "/" + INDEX + "/_create/" + id,
                    JSON.writeValueAsString(Map.of(
                            "index", index.toString(),
                            "topic", topic,
                            "topic-id", current.id(),
                            "cluster-id", current.cluster())));
            return true;
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == HttpStatus.SC_CONFLICT) {
                return false;
            }
            throw e;
        }
    }
}
