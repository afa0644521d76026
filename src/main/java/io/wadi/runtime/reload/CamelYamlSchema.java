package io.wadi.runtime.reload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The YAML keys in Camel's schema for route files. The schema is read for each unknown key and not cached. */
final class CamelYamlSchema {
    private static final String CAMELS = "/schema/camelYamlDsl.json";
    private static final Set<String> ALTERNATIVES = Set.of("oneOf", "anyOf", "allOf");
    private static final String DEFINITIONS = "#/items/definitions/";

    private final JsonNode entries;

    private CamelYamlSchema(JsonNode schema) {
        entries = schema.path("items");
    }

    static CamelYamlSchema read() {
        try (InputStream json = CamelYamlSchema.class.getResourceAsStream(CAMELS)) {
            return new CamelYamlSchema(new ObjectMapper().readTree(json));
        } catch (IOException e) {
            throw new IllegalStateException(CAMELS + " of camel-yaml-dsl cannot be read", e);
        }
    }

    /** Returns the keys that are allowed below another key; for an empty key, the keys of a route file's entries. */
    Set<String> below(String key) {
        Set<String> found = new TreeSet<>();
        if (key.isEmpty()) {
            entries.path("properties").fieldNames().forEachRemaining(found::add);
        } else {
            Set<String> seen = new HashSet<>();
            for (JsonNode properties : entries.findValues("properties")) {
                if (properties.has(key)) {
                    gather(properties.path(key), found, seen);
                }
            }
        }
        return found;
    }

    Set<String> languages() {
        Set<String> found = new TreeSet<>();
        gather(definition("org.apache.camel.model.language.ExpressionDefinition"), found, new HashSet<>());
        return found;
    }

    private void gather(JsonNode schema, Set<String> into, Set<String> seen) {
        schema.path("properties").fieldNames().forEachRemaining(into::add);
        String reference = schema.path("$ref").asText();
        if (reference.startsWith(DEFINITIONS) && seen.add(reference)) {
            gather(definition(reference.substring(DEFINITIONS.length())), into, seen);
        }
        if (schema.has("items")) {
            gather(schema.path("items"), into, seen);
        }
        for (String alternatives : ALTERNATIVES) {
            schema.path(alternatives).forEach(each -> gather(each, into, seen));
        }
    }

    private JsonNode definition(String name) {
        return entries.path("definitions").path(name);
    }
}
