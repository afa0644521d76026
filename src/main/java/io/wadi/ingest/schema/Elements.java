package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** What arrays must have: {@code prefixItems}, {@code items}, {@code minItems} and {@code maxItems}. */
final class Elements {
    /** Where nothing is asked. */
    static final Elements ANY = new Elements();

    private final List<Place> first;
    private final Place rest;
    private final Limits count;

    private Elements() {
        first = List.of();
        rest = Place.ANY;
        count = Limits.NONE;
    }

    private Elements(Collection<JsonNode> schemas, SchemaCompiler compiler) throws Subschemas.NotForPlaces {
        int known = schemas.stream()
                .mapToInt(schema -> schema.path("prefixItems").size())
                .max()
                .orElse(0);
        first = new ArrayList<>();
        for (int i = 0; i < known; i++) {
            first.add(compiler.place(at(schemas, i)));
        }
        rest = compiler.place(at(schemas, known));
        count = Limits.of(schemas, "minItems", "maxItems");
    }

    /** What all these schemas ask of arrays; null for nothing. */
    static Elements of(Collection<JsonNode> schemas, SchemaCompiler compiler) throws Subschemas.NotForPlaces {
        return schemas.stream()
                        .anyMatch(schema -> schema.has("prefixItems")
                                || schema.has("items")
                                || schema.has("minItems")
                                || schema.has("maxItems"))
                ? new Elements(schemas, compiler)
                : null;
    }

    private static List<JsonNode> at(Collection<JsonNode> schemas, int index) {
        List<JsonNode> placed = new ArrayList<>();
        for (JsonNode schema : schemas) {
            JsonNode prefix = schema.path("prefixItems");
            JsonNode applied = index < prefix.size() ? prefix.get(index) : schema.get("items");
            if (applied != null) {
                placed.add(applied);
            }
        }
        return placed;
    }

    /** Checks the array at whose beginning the parser stands, as {@link Place#check} does. */
    Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Problem problem = place(count).check(parser, key);
            if (problem != null) {
                return problem;
            }
            count++;
        }
        return Place.problem(parser, this.count.wrong(count, "elements"));
    }

    /** What the element at this index must be. */
    Place place(int index) {
        return index < first.size() ? first.get(index) : rest;
    }

    /** How many elements have a place of their own. */
    int first() {
        return first.size();
    }

    Limits count() {
        return count;
    }
}
