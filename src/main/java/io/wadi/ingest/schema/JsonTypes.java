package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.Decimals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sets of JSON Schema's types as bits. A number is an integer or a fraction; 1.0 is an integer. */
final class JsonTypes {
    static final int NULL = 1;
    static final int BOOLEAN = 1 << 1;
    static final int OBJECT = 1 << 2;
    static final int ARRAY = 1 << 3;
    static final int STRING = 1 << 4;
    static final int INTEGER = 1 << 5;
    static final int FRACTION = 1 << 6;
    static final int NUMBER = INTEGER | FRACTION;
    static final int ALL = (1 << 7) - 1;

    private JsonTypes() {}

    /** Returns the types that all these schemas allow by {@code type}; the schema {@code false} allows none. */
    static int of(Iterable<JsonNode> schemas) {
        int types = ALL;
        for (JsonNode schema : schemas) {
            types &= schema.isBoolean() ? 0 : ofType(schema.path("type"));
        }
        return types;
    }

    private static int ofType(JsonNode type) {
        if (type.isMissingNode()) {
            return ALL;
        }
        int types = type.isTextual() ? bits(type.textValue()) : 0;
        for (JsonNode each : type) {
            types |= bits(each.textValue());
        }
        return types;
    }

    private static int bits(String type) {
        return switch (type) {
            case "null" -> NULL;
            case "boolean" -> BOOLEAN;
            case "object" -> OBJECT;
            case "array" -> ARRAY;
            case "string" -> STRING;
            case "integer" -> INTEGER;
            case "number" -> NUMBER;
            default -> throw new IllegalArgumentException("unknown type: " + type);
        };
    }

    /** Returns whether the value at the parser's current token is of one of these types. */
    static boolean has(int types, JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_FLOAT && (types & NUMBER) == INTEGER) {
            return Decimals.isIntegral(parser.getDecimalValue());
        }
        return (types & type(token)) != 0;
    }

    private static int type(JsonToken token) {
        return switch (token) {
            case VALUE_NULL -> NULL;
            case VALUE_TRUE, VALUE_FALSE -> BOOLEAN;
            case START_OBJECT -> OBJECT;
            case START_ARRAY -> ARRAY;
            case VALUE_STRING -> STRING;
            case VALUE_NUMBER_INT -> INTEGER;
            case VALUE_NUMBER_FLOAT -> FRACTION;
            default -> throw new IllegalStateException("no value begins with " + token);
        };
    }

    /** Returns the name of the type of the value that begins with a token. */
    static String found(JsonToken token) {
        return names(type(token));
    }

    /** Returns the names of these types: "a string, an integer or null". */
    static String names(int types) {
        if (types == ALL) {
            return "anything";
        }
        List<String> names = new ArrayList<>();
        add(names, types, OBJECT, "an object");
        add(names, types, ARRAY, "an array");
        add(names, types, STRING, "a string");
        switch (types & NUMBER) {
            case NUMBER -> names.add("a number");
            case INTEGER -> names.add("an integer");
            case FRACTION -> names.add("a fraction");
            default -> {}
        }
        add(names, types, BOOLEAN, "a boolean");
        add(names, types, NULL, "null");
        int last = names.size() - 1;
        return last < 1 ? String.join("", names) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    private static void add(List<String> names, int types, int bit, String name) {
        if ((types & bit) != 0) {
            names.add(name);
        }
    }
}
