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

/** Constraints on arrays: {@code prefixItems}, {@code items}, {@code minItems} and {@code maxItems}. */
final class ArrayConstraints {
    static final ArrayConstraints ANY = new ArrayConstraints();

    private final List<SchemaNode> first;
    private final SchemaNode rest;
    private final CountLimits count;

    private ArrayConstraints() {
        first = List.of();
        rest = SchemaNode.ANY;
        count = CountLimits.NONE;
    }

    private ArrayConstraints(Collection<JsonNode> schemas, SchemaCompiler compiler)
            throws Subschemas.NotStreamableException {
        int known = schemas.stream()
                .mapToInt(schema -> schema.path("prefixItems").size())
                .max()
                .orElse(0);
        first = new ArrayList<>();
        for (int i = 0; i < known; i++) {
            first.add(compiler.node(at(schemas, i)));
        }
        rest = compiler.node(at(schemas, known));
        count = CountLimits.of(schemas, "minItems", "maxItems");
    }

    /** Returns the constraints of all these schemas; null if there are none. */
    static ArrayConstraints of(Collection<JsonNode> schemas, SchemaCompiler compiler)
            throws Subschemas.NotStreamableException {
        return schemas.stream()
                        .anyMatch(schema -> schema.has("prefixItems")
                                || schema.has("items")
                                || schema.has("minItems")
                                || schema.has("maxItems"))
                ? new ArrayConstraints(schemas, compiler)
                : null;
    }

    private static List<JsonNode> at(Collection<JsonNode> schemas, int index) {
        List<JsonNode> schemasFor = new ArrayList<>();
        for (JsonNode schema : schemas) {
            JsonNode prefix = schema.path("prefixItems");
            JsonNode applied = index < prefix.size() ? prefix.get(index) : schema.get("items");
            if (applied != null) {
                schemasFor.add(applied);
            }
        }
        return schemasFor;
    }

    /** Checks the array that starts at the parser's current token, as {@link SchemaNode#check} does. */
    Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Problem problem = node(count).check(parser, key);
            if (problem != null) {
                return problem;
            }
            count++;
        }
        return SchemaNode.problem(parser, this.count.violation(count, "elements"));
    }

    /** Returns the node for the element at an index. */
    SchemaNode node(int index) {
        return index < first.size() ? first.get(index) : rest;
    }

    /** Returns the number of elements that have their own node. */
    int first() {
        return first.size();
    }

    CountLimits count() {
        return count;
    }
}
