package io.wadi.indexing.rebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The indices that stand, one after the other, behind an alias: {@code name-000001}, {@code name-000002}. One that is being built
 * says in its mapping's {@code _meta} how far it has come.
 */
public final class IndexGenerations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NUMBERED = Pattern.compile("(.+)-(\\d{6})");
    private static final String DONE = "wadi-rebuilt-before";

    private final ElasticsearchAdmin elasticsearch;
    private final String alias;

    public IndexGenerations(ElasticsearchAdmin elasticsearch, String alias) {
        this.elasticsearch = elasticsearch;
        this.alias = alias;
    }

    /** The indices behind the alias; the index of that name itself where it is no alias; none where there is neither. */
    public List<String> current() throws IOException {
        List<String> found = new ArrayList<>();
        elasticsearch.get("/" + alias).ifPresent(indices -> indices.fieldNames().forEachRemaining(found::add));
        return found;
    }

    /** An index that was begun, and is not finished; it may stand behind the alias already. */
    Optional<String> unfinished() throws IOException {
        JsonNode all = elasticsearch.get("/" + alias + "-*/_mapping").orElseGet(JSON::createObjectNode);
        List<String> found = new ArrayList<>();
        all.properties().forEach(each -> {
            if (number(each.getKey()) > 0
                    && each.getValue().at("/mappings/_meta").has(DONE)) {
                found.add(each.getKey());
            }
        });
        return found.stream().max(String::compareTo);
    }

    /** Which generation an index is; 0 where it is none of this alias. */
    private long number(String index) {
        Matcher number = NUMBERED.matcher(index);
        return number.matches() && number.group(1).equals(alias) ? Long.parseLong(number.group(2)) : 0;
    }

    /** Makes the next one. It is refreshed only when it stands behind the alias. */
    public String begin() throws IOException {
        long last = 0;
        JsonNode all = elasticsearch.get("/" + alias + "*").orElseGet(JSON::createObjectNode);
        for (Map.Entry<String, JsonNode> each : all.properties()) {
            last = Math.max(last, number(each.getKey()));
        }
        String next = String.format(Locale.ROOT, "%s-%06d", alias, last + 1);
        elasticsearch.put("/" + next, "{\"settings\":{\"index.refresh_interval\":\"-1\"}}");
        note(next, Map.of());
        return next;
    }

    /** Before which offset of each partition all is in the index. */
    Map<Integer, Long> done(String index) throws IOException {
        JsonNode noted = elasticsearch
                .get("/" + index + "/_mapping")
                .orElseThrow()
                .path(index)
                .at("/mappings/_meta/" + DONE);
        Map<Integer, Long> done = new TreeMap<>();
        noted.properties()
                .forEach(each ->
                        done.put(Integer.valueOf(each.getKey()), each.getValue().asLong()));
        return done;
    }

    /** Notes it; what else the mapping's {@code _meta} has stays. */
    void note(String index, Map<Integer, Long> done) throws IOException {
        ObjectNode meta = meta(index);
        ObjectNode offsets = meta.putObject(DONE);
        done.forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        putMeta(index, meta);
    }

    /** Notes that nothing is left to do. */
    public void finished(String index) throws IOException {
        ObjectNode meta = meta(index);
        meta.remove(DONE);
        putMeta(index, meta);
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
     * Puts an index behind the alias in place of those that are there, at once for all who read and write. What was an index
     * of that name is deleted by it.
     */
    public void takeOver(String index) throws IOException {
        elasticsearch.put("/" + index + "/_settings", "{\"index.refresh_interval\":null}");
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

    /** Makes what is in an index visible to searches. */
    public long refreshAndCount(String index) throws IOException {
        elasticsearch.post("/" + index + "/_refresh", "");
        return elasticsearch
                .get("/" + index + "/_count")
                .orElseThrow()
                .path("count")
                .asLong();
    }
}
