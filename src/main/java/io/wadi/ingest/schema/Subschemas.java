package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.JsonPointers;
import java.net.URI;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Finds the schemas within a schema, and determines whether a {@link SchemaNode} can check them while streaming. */
final class Subschemas {
    private static final Set<String> BY_NAME = Set.of("properties", "$defs", "definitions");
    private static final Set<String> LISTED = Set.of("allOf", "prefixItems");
    private static final Set<String> SINGLE = Set.of("additionalProperties", "propertyNames", "items");
    private static final Set<String> NOT_STREAMABLE = Set.of(
            ("anyOf oneOf not if contains uniqueItems patternProperties dependentRequired dependentSchemas dependencies "
                            + "unevaluatedProperties unevaluatedItems $dynamicRef $vocabulary")
                    .split(" "));

    private final JsonNode root;
    private final Formats formats;
    private final IdentityHashMap<JsonNode, String> found = new IdentityHashMap<>();

    private Subschemas(JsonNode root, Formats formats) throws NotStreamableException {
        this.root = root;
        this.formats = formats;
        add(root, "");
        for (Map.Entry<JsonNode, String> each : found.entrySet()) {
            checkReference(each.getKey(), each.getValue());
        }
    }

    /**
     * Thrown if the schema has a keyword that cannot be checked while streaming; the message is the keyword's JSON
     * pointer or a description.
     */
    static final class NotStreamableException extends Exception {
        NotStreamableException(String pointer) {
            super(pointer, null, false, false);
        }
    }

    /**
     * Requires that this schema and all within it can be checked while streaming.
     *
     * @param root the schema, valid according to its meta-schema
     */
    static void requireStreamable(JsonNode root, Formats formats) throws NotStreamableException {
        new Subschemas(root, formats);
    }

    private void add(JsonNode schema, String pointer) throws NotStreamableException {
        if (!schema.isObject()) {
            return;
        }
        found.put(schema, pointer);
        for (Map.Entry<String, JsonNode> each : schema.properties()) {
            String keyword = each.getKey();
            String at = pointer + JsonPointers.of(keyword);
            checkKeyword(keyword, each.getValue(), at);
            if (SINGLE.contains(keyword)) {
                add(each.getValue(), at);
            } else if (BY_NAME.contains(keyword)) {
                for (Map.Entry<String, JsonNode> named : each.getValue().properties()) {
                    add(named.getValue(), at + JsonPointers.of(named.getKey()));
                }
            } else if (LISTED.contains(keyword)) {
                for (int i = 0; i < each.getValue().size(); i++) {
                    add(each.getValue().get(i), at + "/" + i);
                }
            }
        }
    }

    private void checkKeyword(String keyword, JsonNode value, String at) throws NotStreamableException {
        boolean containerValues =
                (keyword.equals("enum") && hasContainer(value)) || (keyword.equals("const") && value.isContainerNode());
        // References are relative to the nearest $id; if only the root has one, that is the whole document.
        boolean ownBase = keyword.equals("$id") && !at.equals("/$id");
        boolean treeFormat = keyword.equals("format") && formats.needsTree(value.textValue());
        if (NOT_STREAMABLE.contains(keyword) || treeFormat || containerValues || ownBase) {
            throw new NotStreamableException(at);
        }
    }

    private static boolean hasContainer(JsonNode values) {
        for (JsonNode value : values) {
            if (value.isContainerNode()) {
                return true;
            }
        }
        return false;
    }

    private void checkReference(JsonNode schema, String pointer) throws NotStreamableException {
        if (schema.has("$ref")) {
            String reference = schema.get("$ref").textValue();
            boolean here = reference.equals("#") || reference.startsWith("#/");
            if (!here || !isSchema(resolve(root, reference))) {
                throw new NotStreamableException(pointer + "/$ref");
            }
        }
    }

    private boolean isSchema(JsonNode node) {
        return node.isBoolean() || found.containsKey(node);
    }

    /** Returns the node to which a reference within the document points; a missing node if there is none. */
    static JsonNode resolve(JsonNode root, String reference) {
        return root.at(JsonPointer.compile(URI.create(reference).getFragment()));
    }
}
