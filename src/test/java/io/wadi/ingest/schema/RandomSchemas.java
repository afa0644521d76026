package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Random schemas that can be checked while parsing, and random events, of so few names and values that they often
 * match.
 */
final class RandomSchemas {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> NAMES = List.of("a", "b", "c", "dd");
    private static final List<String> TYPES =
            List.of("null", "boolean", "object", "array", "string", "integer", "number");
    private static final List<String> STRINGS = List.of("", "a", "ab", "b", "1", "\uD83D\uDE00");
    /** No number needs more digits than a double has: the library divides doubles. */
    private static final List<String> NUMBERS =
            List.of("0", "-0.0", "1", "1.0", "1e0", "2", "2.5", "-1", "10", "1e2", "0.1", "1e17", "1e19", "1e64");

    private static final List<String> PATTERNS = List.of("^a", "b$", "^[ab]*$", "1");

    private static final int REFERRED = 3;

    private final Random random;
    private int firstReferred;

    RandomSchemas(long seed) {
        random = new Random(seed);
    }

    /**
     * Returns a schema. Its {@code $ref}s refer to three subschemas of its own and, below a property or element, to
     * itself, so that no schema is applied to the same value without end.
     */
    ObjectNode schema() {
        ObjectNode schema = keywords(3);
        ObjectNode defs = JSON.objectNode();
        for (int i = 0; i < REFERRED; i++) {
            firstReferred = i + 1;
            defs.set("d" + i, subschema(1));
        }
        firstReferred = 0;
        schema.set("$defs", defs);
        return schema;
    }

    private JsonNode belowAValue(int depth) {
        return random.nextInt(6) == 0 ? JSON.objectNode().put("$ref", "#") : subschema(depth);
    }

    private JsonNode subschema(int depth) {
        return random.nextInt(12) == 0 ? JSON.booleanNode(random.nextBoolean()) : keywords(depth);
    }

    private ObjectNode keywords(int depth) {
        ObjectNode schema = JSON.objectNode();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            addKeyword(schema, depth);
        }
        return schema;
    }

    private void addKeyword(ObjectNode schema, int depth) {
        int append = depth - 1;
        switch (random.nextInt(depth == 0 ? 16 : 23)) {
            case 0 -> schema.put("type", one(TYPES));
            case 1 -> schema.set("type", distinct(() -> JSON.textNode(one(TYPES)), 1));
            case 2 -> schema.set("enum", distinct(this::scalar, 1));
            case 3 -> schema.set("const", scalar());
            case 4 -> schema.put("minLength", random.nextInt(3));
            case 5 -> schema.put("maxLength", random.nextInt(3));
            case 6 -> schema.put("pattern", one(PATTERNS));
            case 7 -> schema.set("minimum", number());
            case 8 -> schema.set("maximum", number());
            case 9 -> schema.set("exclusiveMinimum", number());
            case 10 -> schema.set("exclusiveMaximum", number());
            case 11 -> schema.set("multipleOf", JSON.numberNode(new BigDecimal(one(List.of("1", "2", "0.5", "0.1")))));
            case 12 -> schema.set("required", distinct(() -> JSON.textNode(one(NAMES)), 0));
            case 13 -> schema.put(one(List.of("minProperties", "minItems")), random.nextInt(3));
            case 14 -> schema.put(one(List.of("maxProperties", "maxItems")), random.nextInt(4));
            case 15 -> {
                if (firstReferred < REFERRED) {
                    schema.put("$ref", "#/$defs/d" + (firstReferred + random.nextInt(REFERRED - firstReferred)));
                }
            }
            case 16, 17 -> {
                ObjectNode properties = schema.putObject("properties");
                for (int i = random.nextInt(4); i > 0; i--) {
                    properties.set(one(NAMES), belowAValue(append));
                }
            }
            case 18 -> schema.set("additionalProperties", belowAValue(append));
            case 19 -> schema.set("propertyNames", subschema(append));
            case 20 -> schema.set("items", belowAValue(append));
            case 21 -> list(schema.putArray("prefixItems"), append);
            default -> list(schema.putArray("allOf"), append);
        }
    }

    private void list(ArrayNode schemas, int depth) {
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            schemas.add(subschema(depth));
        }
    }

    /** Returns an event, or a part of one. */
    JsonNode event(int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return scalar();
        }
        if (random.nextBoolean()) {
            ArrayNode array = JSON.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                array.add(event(depth - 1));
            }
            return array;
        }
        ObjectNode object = JSON.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set(one(NAMES), event(depth - 1));
        }
        return object;
    }

    private JsonNode scalar() {
        return switch (random.nextInt(5)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2, 3 -> JSON.textNode(one(STRINGS));
            default -> number();
        };
    }

    private JsonNode number() {
        return JSON.numberNode(new BigDecimal(one(NUMBERS)));
    }

    private ArrayNode distinct(Supplier<JsonNode> values, int least) {
        ArrayNode array = JSON.arrayNode();
        for (int i = least + random.nextInt(3); i > 0; i--) {
            JsonNode value = values.get();
            boolean there = false;
            for (JsonNode each : array) {
                there |= each.equals(value);
            }
            if (!there) {
                array.add(value);
            }
        }
        return array;
    }

    private <T> T one(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
