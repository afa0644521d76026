package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wadi.format.Decimals;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The values that {@code enum} and {@code const} allow, without objects and arrays. Numbers are compared by value. */
record EnumConstraint(Set<Object> allowed) {
    /** Returns the values that all of the schemas allow; null if no schema has the keywords. */
    static EnumConstraint of(Collection<JsonNode> schemas) {
        Set<Object> allowed = null;
        for (JsonNode schema : schemas) {
            if (schema.has("enum")) {
                allowed = both(allowed, values(schema.get("enum")));
            }
            if (schema.has("const")) {
                allowed = both(allowed, Set.of(value(schema.get("const"))));
            }
        }
        return allowed == null ? null : new EnumConstraint(allowed);
    }

    private static Set<Object> values(JsonNode values) {
        Set<Object> found = new LinkedHashSet<>();
        values.forEach(each -> found.add(value(each)));
        return found;
    }

    private static Set<Object> both(Set<Object> one, Set<Object> other) {
        if (one == null) {
            return other;
        }
        Set<Object> both = new LinkedHashSet<>(one);
        both.retainAll(other);
        return both;
    }

    private static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case NUMBER -> Decimals.stripTrailingZeros(node.decimalValue());
            case BOOLEAN -> node.booleanValue();
            default -> NullNode.instance;
        };
    }

    /** Returns whether the value at the parser's current token is allowed. */
    boolean has(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> allowed.contains(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                allowed.contains(Decimals.stripTrailingZeros(parser.getDecimalValue()));
            case VALUE_TRUE -> allowed.contains(true);
            case VALUE_FALSE -> allowed.contains(false);
            case VALUE_NULL -> allowed.contains(NullNode.instance);
            default -> false;
        };
    }

    boolean has(String value) {
        return allowed.contains(value);
    }

    /** Returns the allowed values in JSON. */
    List<String> inJson() {
        return allowed.stream().map(EnumConstraint::inJson).toList();
    }

    private static String inJson(Object value) {
        return value instanceof String text ? TextNode.valueOf(text).toString() : value.toString();
    }

    /** Returns the text of the violation by any other value. */
    @Override
    public String toString() {
        return "found a value other than " + String.join(", ", inJson());
    }
}
