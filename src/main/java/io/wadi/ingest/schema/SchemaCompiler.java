package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A compiler of a schema to nodes, which resolves {@code $ref} and {@code allOf} at compile time. */
final class SchemaCompiler {
    private final JsonNode root;
    private final Formats formats;
    private final Map<Set<JsonNode>, SchemaNode> nodes = new HashMap<>();

    private SchemaCompiler(JsonNode root, Formats formats) {
        this.root = root;
        this.formats = formats;
    }

    /**
     * Returns the node of whole events.
     *
     * @param root the schema, valid according to its meta-schema
     * @throws Subschemas.NotStreamableException if the schema cannot be checked while streaming
     */
    static SchemaNode compile(JsonNode root, Formats formats) throws Subschemas.NotStreamableException {
        Subschemas.requireStreamable(root, formats);
        return new SchemaCompiler(root, formats).node(List.of(root));
    }

    /** Returns the node to which all these schemas apply. */
    SchemaNode node(Collection<JsonNode> schemas) throws Subschemas.NotStreamableException {
        Set<JsonNode> applied = applied(schemas);
        if (applied.isEmpty()) {
            return SchemaNode.ANY;
        }
        SchemaNode node = nodes.get(applied);
        if (node == null) {
            node = new SchemaNode();
            nodes.put(applied, node); // before it is filled, since it may contain itself
            node.fill(applied, this);
        }
        return node;
    }

    /** Returns these schemas and those they refer to for the same location, without schemas that have no constraint. */
    private Set<JsonNode> applied(Collection<JsonNode> schemas) {
        Set<JsonNode> followed = new HashSet<>();
        Set<JsonNode> applied = new LinkedHashSet<>();
        Deque<JsonNode> open = new ArrayDeque<>(schemas);
        while (!open.isEmpty()) {
            JsonNode schema = open.remove();
            if (followed.add(schema)) {
                schema.path("allOf").forEach(open::add);
                if (schema.has("$ref")) {
                    open.add(Subschemas.resolve(root, schema.get("$ref").textValue()));
                }
                if (hasConstraint(schema)) {
                    applied.add(schema);
                }
            }
        }
        return applied;
    }

    private static boolean hasConstraint(JsonNode schema) {
        boolean isReferenceOnly = schema.size() == 1 && (schema.has("$ref") || schema.has("allOf"));
        return schema.isBoolean() ? !schema.booleanValue() : !schema.isEmpty() && !isReferenceOnly;
    }

    Formats formats() {
        return formats;
    }
}
