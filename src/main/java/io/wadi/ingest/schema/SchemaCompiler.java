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

/** Turns a schema into places: {@code $ref} and {@code allOf} are followed here, once, and cost no event anything. */
final class SchemaCompiler {
    private final JsonNode root;
    private final Formats formats;
    private final Map<Set<JsonNode>, SchemaNode> places = new HashMap<>();

    private SchemaCompiler(JsonNode root, Formats formats) {
        this.root = root;
        this.formats = formats;
    }

    /**
     * The place of whole events.
     *
     * @param root the schema, valid by its meta-schema
     * @throws Subschemas.NotForPlaces where something in it is not for places
     */
    static SchemaNode compile(JsonNode root, Formats formats) throws Subschemas.NotForPlaces {
        Subschemas.checkAreForPlaces(root, formats);
        return new SchemaCompiler(root, formats).place(List.of(root));
    }

    /** The place where all these schemas apply. */
    SchemaNode place(Collection<JsonNode> schemas) throws Subschemas.NotForPlaces {
        Set<JsonNode> applied = applied(schemas);
        if (applied.isEmpty()) {
            return SchemaNode.ANY;
        }
        SchemaNode place = places.get(applied);
        if (place == null) {
            place = new SchemaNode();
            places.put(applied, place); // before it is filled: it may be below itself
            place.fill(applied, this);
        }
        return place;
    }

    /** These schemas and all they refer to for the same place, without those that ask nothing themselves. */
    private Set<JsonNode> applied(Collection<JsonNode> schemas) {
        Set<JsonNode> followed = new HashSet<>();
        Set<JsonNode> applied = new LinkedHashSet<>();
        Deque<JsonNode> open = new ArrayDeque<>(schemas);
        while (!open.isEmpty()) {
            JsonNode schema = open.remove();
            if (followed.add(schema)) {
                schema.path("allOf").forEach(open::add);
                if (schema.has("$ref")) {
                    open.add(Subschemas.referred(root, schema.get("$ref").textValue()));
                }
                if (asks(schema)) {
                    applied.add(schema);
                }
            }
        }
        return applied;
    }

    private static boolean asks(JsonNode schema) {
        boolean onlyRefers = schema.size() == 1 && (schema.has("$ref") || schema.has("allOf"));
        return schema.isBoolean() ? !schema.booleanValue() : !schema.isEmpty() && !onlyRefers;
    }

    Formats formats() {
        return formats;
    }
}
