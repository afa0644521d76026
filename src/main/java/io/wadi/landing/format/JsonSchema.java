package io.wadi.landing.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.JsonPointers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Converts a JSON Schema (2020-12) of objects to the Avro schema of rows: {@code properties} become fields, those not
 * {@code required} may be absent; {@code ["null", …]} may be null; {@code integer} is a long, {@code number} a double,
 * {@code format: date-time} a timestamp in milliseconds, {@code enum} a string or date-time of these values, {@code
 * items} an array, {@code additionalProperties} with a schema and no properties a map. Constraints that do not change
 * the type ({@code maxLength}, {@code minimum}, …) are ignored. Other keywords cannot be mapped to a column and are
 * errors.
 */
final class JsonSchema {
    private static final Set<String> IGNORED_KEYWORDS = Set.of(
            "$schema $id $comment title description default deprecated readOnly writeOnly examples minLength maxLength "
                    .concat("pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems ")
                    .concat("uniqueItems minProperties maxProperties propertyNames contentMediaType contentEncoding")
                    .split(" "));
    private static final Map<String, Set<String>> KEYWORDS = Map.of(
            "object", Set.of("properties", "required", "additionalProperties"),
            "array", Set.of("items"),
            "string", Set.of("format", "enum"),
            "integer", Set.of(),
            "number", Set.of(),
            "boolean", Set.of());
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    /** The beginning of a name that cannot be the name of an Avro record: a digit, or the whole name of a type. */
    private static final Pattern NO_RECORD_NAME =
            Pattern.compile("^(?=[0-9]|(null|boolean|int|long|float|double|bytes|string)$)");

    private final List<String> errors = new ArrayList<>();

    private JsonSchema() {}

    /**
     * Returns the Avro schema of a topic's values.
     *
     * @param errors receives what cannot be mapped to a column, each with its JSON pointer; if any, the result is
     *    invalid
     */
    static Schema toAvro(JsonNode schema, String topic, List<String> errors) {
        JsonSchema conversion = new JsonSchema();
        String name =
                NO_RECORD_NAME.matcher(topic.replaceAll("[^A-Za-z0-9_]", "_")).replaceFirst("_");
        Schema converted = conversion.type(schema, "", name);
        errors.addAll(conversion.errors);
        return converted;
    }

    /** Adds an error and returns a placeholder. */
    private Schema error(String pointer, String what) {
        errors.add("\"" + pointer + "\": " + what);
        return Schema.create(Schema.Type.STRING);
    }

    private Schema type(JsonNode schema, String pointer, String name) {
        List<String> types = types(schema.path("type"));
        List<String> others =
                types.stream().filter(type -> !type.equals("null")).toList();
        if (others.size() != 1 || !KEYWORDS.containsKey(others.get(0))) {
            return error(
                    pointer + "/type",
                    "found %s, expected one of %s, or an array of one of them and \"null\""
                            .formatted(
                                    schema.has("type") ? schema.get("type") : "nothing",
                                    String.join(
                                            ", ",
                                            KEYWORDS.keySet().stream().sorted().toList())));
        }
        String type = others.get(0);
        checkKeywords(schema, pointer, type);
        Schema converted =
                switch (type) {
                    case "object" -> object(schema, pointer, name);
                    case "array" -> Schema.createArray(type(schema.path("items"), pointer + "/items", name + ".items"));
                    case "string" -> string(schema, pointer);
                    case "integer" -> Schema.create(Schema.Type.LONG);
                    case "number" -> Schema.create(Schema.Type.DOUBLE);
                    default -> Schema.create(Schema.Type.BOOLEAN);
                };
        return types.contains("null") && allowsNull(schema) ? orNull(converted) : converted;
    }

    private static boolean allowsNull(JsonNode schema) {
        return !schema.has("enum") || schema.get("enum").valueStream().anyMatch(JsonNode::isNull);
    }

    private static List<String> types(JsonNode type) {
        return type.isTextual() ? List.of(type.textValue()) : texts(type).toList();
    }

    private static Stream<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText);
    }

    private void checkKeywords(JsonNode schema, String pointer, String type) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!keyword.equals("type")
                    && !KEYWORDS.get(type).contains(keyword)
                    && !IGNORED_KEYWORDS.contains(keyword)) {
                error(
                        pointer + JsonPointers.of(keyword),
                        "keyword not supported for a column of type %s%s"
                                .formatted(
                                        type,
                                        KEYWORDS.get(type).isEmpty()
                                                ? ""
                                                : ", expected "
                                                        + String.join(
                                                                ", ",
                                                                KEYWORDS.get(type).stream()
                                                                        .sorted()
                                                                        .toList())));
            }
        });
    }

    private Schema object(JsonNode schema, String pointer, String name) {
        JsonNode additional = schema.path("additionalProperties");
        boolean hasProperties = !schema.path("properties").isEmpty();
        if (hasProperties && additional.isObject()) {
            return error(pointer + "/additionalProperties", "a schema is allowed only without properties (a map)");
        }
        if (additional.isObject()) {
            return Schema.createMap(
                    type(additional, pointer + "/additionalProperties", name + ".additionalProperties"));
        }
        if (!hasProperties) {
            return error(pointer, "an object needs properties, or additionalProperties with a schema (a map)");
        }
        return record(schema, pointer, name);
    }

    private Schema record(JsonNode schema, String pointer, String name) {
        Set<String> required = Set.copyOf(texts(schema.path("required")).toList());
        JsonNode properties = schema.get("properties");
        required.stream()
                .filter(property -> !properties.has(property))
                .sorted()
                .forEach(property -> error(pointer + "/required", "\"" + property + "\" is not among the properties"));
        List<Schema.Field> fields = new ArrayList<>();
        properties
                .properties()
                .forEach(property -> field(
                                property.getKey(),
                                property.getValue(),
                                pointer + "/properties" + JsonPointers.of(property.getKey()),
                                name,
                                required.contains(property.getKey()))
                        .ifPresent(fields::add));
        return Schema.createRecord(name, schema.path("description").textValue(), null, false, fields);
    }

    private Optional<Schema.Field> field(
            String property, JsonNode schema, String pointer, String parent, boolean required) {
        if (!NAME.matcher(property).matches()) {
            error(pointer, "invalid column name: expected letters, digits and _, not beginning with a digit");
            return Optional.empty();
        }
        Schema type = type(schema, pointer, parent + "." + property);
        String description = schema.path("description").textValue();
        if (required) {
            return Optional.of(new Schema.Field(property, type, description));
        }
        Schema.Field field = new Schema.Field(
                property, type.isNullable() ? type : orNull(type), description, JsonProperties.NULL_VALUE);
        if (!type.isNullable()) {
            field.addProp(RowReader.NULLABLE, false);
        }
        return Optional.of(field);
    }

    private Schema string(JsonNode schema, String pointer) {
        boolean isDateTime = schema.path("format").asText().equals(RowReader.DATE_TIME);
        Schema string = isDateTime
                ? LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG))
                : Schema.create(Schema.Type.STRING);
        if (isDateTime) {
            string.addProp(RowReader.FORMAT, RowReader.DATE_TIME);
        }
        if (schema.has("enum")) {
            List<String> values = schema.get("enum")
                    .valueStream()
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue)
                    .toList();
            if (values.isEmpty()) {
                return error(pointer + "/enum", "found no string, expected an array of strings");
            }
            string.addProp(RowReader.ENUM, values);
        }
        return string;
    }

    static Schema orNull(Schema schema) {
        return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
    }
}
