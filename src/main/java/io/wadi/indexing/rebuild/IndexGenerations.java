package io.wadi.indexing.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.Generations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The numbered indices behind an alias: {@code name-000001}, {@code name-000002}. An index under construction records
 * its progress in its mapping's {@code _meta}.
 */
public final class IndexGenerations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DONE = "wadi-rebuilt-before";
    /** The entry of {@code _meta} with the id of the topic that the offsets of {@link #DONE} refer to. */
    private static final String TOPIC_ID = "wadi-rebuilt-topic-id";
    /** The entry of {@code _meta} with the refresh interval of the templates, if they set one. */
    private static final String REFRESH_INTERVAL = "wadi-refresh-interval";

    private final ElasticsearchAdmin elasticsearch;
    private final String alias;

    public IndexGenerations(ElasticsearchAdmin elasticsearch, String alias) {
        this.elasticsearch = elasticsearch;
        this.alias = alias;
    }

    /** Returns the indices behind the alias, or the index of that name; none if neither exists. */
    public List<String> current() throws IOException {
        List<String> found = new ArrayList<>();
        elasticsearch.get("/" + alias).ifPresent(indices -> indices.fieldNames().forEachRemaining(found::add));
        return found;
    }

    /** Returns whether the name is that of a data stream. */
    boolean isDataStream() throws IOException {
        return elasticsearch
                .get("/" + alias)
                .filter(IndexGenerations::isDataStream)
                .isPresent();
    }

    /** Returns whether the response to a request for indices has backing indices of a data stream. */
    static boolean isDataStream(JsonNode indices) {
        return indices.properties().stream().anyMatch(each -> each.getValue().has("data_stream"));
    }

    /** Returns the newest unfinished index; the alias may point to it already. */
    Optional<String> unfinished() throws IOException {
        JsonNode all = elasticsearch.get("/" + alias + "-*/_mapping").orElseGet(JSON::createObjectNode);
        List<String> found = new ArrayList<>();
        all.properties().forEach(each -> {
            if (Generations.number(alias, each.getKey()) > 0
                    && each.getValue().at("/mappings/_meta").has(DONE)) {
                found.add(each.getKey());
            }
        });
        return found.stream().max(String::compareTo);
    }

    /** Returns the id of the topic that an unfinished index is built from; empty if it is unknown. */
    Optional<String> topicId(String index) throws IOException {
        return Optional.ofNullable(meta(index).path(TOPIC_ID).textValue());
    }

    /**
     * Creates the next generation, without refreshes until it is behind the alias.
     *
     * @param topicId the id of the topic that it is built from; empty if the cluster's topics have none
     */
    public String begin(Optional<String> topicId) throws IOException {
        String next = Generations.next(elasticsearch, alias);
        elasticsearch.put("/" + next, "{}");
        ObjectNode meta = meta(next);
        JsonNode ofTemplates = elasticsearch
                .get("/" + next + "/_settings")
                .orElseThrow()
                .path(next)
                .at("/settings/index/refresh_interval");
        if (ofTemplates.isTextual()) {
            meta.set(REFRESH_INTERVAL, ofTemplates);
        }
        meta.putObject(DONE);
        topicId.ifPresent(id -> meta.put(TOPIC_ID, id));
        putMeta(next, meta);
        refreshEvery(next, TextNode.valueOf("-1"));
        return next;
    }

    /** Sets the refresh interval of an index; null restores Elasticsearch's default. */
    private void refreshEvery(String index, JsonNode interval) throws IOException {
        elasticsearch.put(
                "/" + index + "/_settings",
                JSON.createObjectNode().set("index.refresh_interval", interval).toString());
    }

    /** Returns the offset of each partition up to which all records are in the index. */
    Map<Integer, Long> done(String index) throws IOException {
        Map<Integer, Long> done = new TreeMap<>();
        meta(index)
                .path(DONE)
                .properties()
                .forEach(each ->
                        done.put(Integer.valueOf(each.getKey()), each.getValue().asLong()));
        return done;
    }

    /**
     * Records the progress; other entries of {@code _meta} are kept.
     *
     * @throws IOException if a concurrent rebuild has completed the index: with the entry, it would be unfinished again
     */
    void note(String index, Map<Integer, Long> done) throws IOException {
        ObjectNode meta = unfinishedMeta(index);
        ObjectNode offsets = meta.putObject(DONE);
        done.forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        putMeta(index, meta);
    }

    /** Records that the index is complete. */
    public void finished(String index) throws IOException {
        ObjectNode meta = meta(index);
        meta.remove(List.of(DONE, TOPIC_ID, REFRESH_INTERVAL));
        putMeta(index, meta);
    }

    private ObjectNode unfinishedMeta(String index) throws IOException {
        ObjectNode meta = meta(index);
        if (!meta.has(DONE)) {
            throw new IOException("another rebuild has completed " + index);
        }
        return meta;
    }

    private ObjectNode meta(String index) throws IOException {
        JsonNode meta = elasticsearch
                .get("/" + index + "/_mapping")
                .orElseThrow()
                .path(index)
                .at("/mappings/_meta");
        return meta instanceof ObjectNode object ? object : JSON.createObjectNode();
    }

    private void putMeta(String index, ObjectNode meta) throws IOException {
        elasticsearch.put(
                "/" + index + "/_mapping",
                JSON.createObjectNode().set("_meta", meta).toString());
    }

    /**
     * Switches the alias to an index, atomically for reads and writes. An index with the alias's name is deleted.
     *
     * @throws IOException if a concurrent rebuild has completed the index: a later one may be behind the alias
     */
    public void takeOver(String index) throws IOException {
        refreshEvery(index, unfinishedMeta(index).get(REFRESH_INTERVAL));
        if (current().equals(List.of(index))) {
            return;
        }
        ObjectNode request = JSON.createObjectNode();
        var actions = request.putArray("actions");
        for (String before : current()) {
            ObjectNode action = actions.addObject().putObject(before.equals(alias) ? "remove_index" : "remove");
            action.put("index", before);
            if (!before.equals(alias)) {
                action.put("alias", alias);
            }
        }
        actions.addObject()
                .putObject("add")
                .put("index", index)
                .put("alias", alias)
                .put("is_write_index", true);
        elasticsearch.post("/_aliases", request.toString());
    }

    /** Refreshes an index and counts its documents. */
    public long refreshAndCount(String index) throws IOException {
        elasticsearch.post("/" + index + "/_refresh", "");
        return elasticsearch
                .get("/" + index + "/_count")
                .orElseThrow()
                .path("count")
                .asLong();
    }
}
