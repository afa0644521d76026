package io.wadi.runtime.reload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The words of route files, as Camel's own schema of them knows them. It is read where a word is not known, and not kept. */
final class SchemaWords {
    private static final String CAMELS = "/schema/camelYamlDsl.json";
    private static final Set<String> ALTERNATIVES = Set.of("oneOf", "anyOf", "allOf");
    private static final String DEFINITIONS = "#/items/definitions/";

    private final JsonNode entries;

    private SchemaWords(JsonNode schema) {
        entries = schema.path("items");
    }

    /** Those of the Camel that runs. */
    static SchemaWords read() {
        try (InputStream json = SchemaWords.class.getResourceAsStream(CAMELS)) {
            return new SchemaWords(new ObjectMapper().readTree(json));
        } catch (IOException e) {
            throw new IllegalStateException(CAMELS + " of camel-yaml-dsl cannot be read", e);
        }
    }

    /** Those that may stand below another wherever that stands; below nothing those of entries. */
    Set<String> below(String word) {
        Set<String> found = new TreeSet<>();
        if (word.isEmpty()) {
            entries.path("properties").fieldNames().forEachRemaining(found::add);
        } else {
            Set<String> seen = new HashSet<>();
            for (JsonNode properties : entries.findValues("properties")) {
                if (properties.has(word)) {
                    gather(properties.path(word), found, seen);
                }
            }
        }
        return found;
    }

    /** The languages of expressions. */
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
