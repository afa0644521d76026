package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.format.Decimals;
import io.wadi.format.Times;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/**
 * JSON with an embedded schema, in the format of Kafka Connect's JsonConverter: {@code {"schema":…,"payload":…}}. Its decimals, dates and
 * timestamps are read as numbers and ISO-8601 strings, and written from them.
 */
final class ConnectJson implements Format {
    private static final String SCHEMA = "schema";
    private static final String PAYLOAD = "payload";
    private static final String TYPE = "type";
    private static final String FIELDS = "fields";
    private static final String SCALE = "scale";

    @Override
    public Fields read(ByteBuffer bytes) {
        JsonNode both = JsonText.tree(bytes);
        if (!both.has(SCHEMA) || !(both.path(PAYLOAD) instanceof ObjectNode payload)) {
            throw new IllegalArgumentException(
                    "json-schema is {\"schema\":…,\"payload\":{…}}, this has no such; without a schema it is json");
        }
        Fields fields = Fields.of(payload);
        for (JsonNode field : both.path(SCHEMA).path(FIELDS)) {
            String name = field.path("field").asText();
            JsonNode value = payload.path(name);
            if (!value.isMissingNode()) {
                payload.set(name, plain(field, value, payload, name));
                note(field, name, fields.types());
            }
        }
        return fields;
    }

    private static void note(JsonNode schema, String name, Map<String, FieldType> types) {
        for (FieldType type : FieldType.values()) {
            if (type.connectType().equals(schema.path(TYPE).asText())
                    && type.logicalName().equals(schema.path("name").asText())) {
                types.put(name, type);
            }
        }
    }

    private static JsonNode plain(JsonNode schema, JsonNode value, ObjectNode payload, String name) {
        if (value.isNull()) {
            return value;
        }
        String logical = schema.path("name").asText();
        try {
            if (logical.equals(FieldType.TIMESTAMP.logicalName())) {
                return payload.textNode(Instant.ofEpochMilli(value.longValue()).toString());
            }
            if (logical.equals(FieldType.DATE.logicalName())) {
                return payload.textNode(LocalDate.ofEpochDay(value.longValue()).toString());
            }
            if (logical.equals(FieldType.DECIMAL.logicalName())) {
                int scale =
                        Integer.parseInt(schema.path("parameters").path(SCALE).asText("0"));
                return payload.numberNode(
                        Decimals.requireBounded(new BigDecimal(new BigInteger(value.binaryValue()), scale)));
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("the field %s is no %s: %s".formatted(name, logical, value), e);
        }
        if (value instanceof ObjectNode struct && schema.has(FIELDS)) {
            for (JsonNode field : schema.path(FIELDS)) {
                String inner = field.path("field").asText();
                if (struct.has(inner)) {
                    struct.set(inner, plain(field, struct.path(inner), struct, name + "." + inner));
                }
            }
        }
        return value;
    }

    @Override
    public byte[] write(Fields fields) {
        ObjectNode both = Fields.none().json();
        ObjectNode schema = both.putObject(SCHEMA);
        ObjectNode payload = both.putObject(PAYLOAD);
        struct(schema);
        ArrayNode described = schema.putArray(FIELDS);
        for (Map.Entry<String, JsonNode> field : fields.json().properties()) {
            ObjectNode its = described.addObject();
            payload.set(field.getKey(), describe(its, fields.types().get(field.getKey()), field));
            its.put("field", field.getKey());
        }
        return JsonText.bytes(both);
    }

    private static void struct(ObjectNode schema) {
        schema.put(TYPE, "struct").put("optional", false);
    }

    /** Adds the schema of a field and returns the value to write. */
    private static JsonNode describe(ObjectNode its, FieldType known, Map.Entry<String, JsonNode> field) {
        JsonNode value = field.getValue();
        FieldType type = known == null ? guess(value) : known;
        if (type == null) {
            return describeNested(its, value);
        }
        its.put(TYPE, type.connectType()).put("optional", true);
        if (!type.logicalName().isEmpty()) {
            its.put("name", type.logicalName()).put("version", 1);
        }
        if (type == FieldType.DECIMAL) {
            int scale = value.isNull() ? 0 : value.decimalValue().scale();
            its.putObject("parameters").put(SCALE, Integer.toString(scale));
        }
        return value.isNull() ? value : written(type, field.getKey(), value, its);
    }

    private static JsonNode written(FieldType type, String name, JsonNode value, ObjectNode nodes) {
        try {
            return switch (type) {
                case TIMESTAMP -> nodes.numberNode(Times.of(value.asText()).toEpochMilli());
                case DATE -> nodes.numberNode(LocalDate.parse(value.asText()).toEpochDay());
                case DECIMAL ->
                    nodes.binaryNode(value.decimalValue().unscaledValue().toByteArray());
                default -> value;
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("the field %s is no %s: %s".formatted(name, type, value), e);
        }
    }

    private static JsonNode describeNested(ObjectNode its, JsonNode value) {
        if (value instanceof ObjectNode object) {
            struct(its);
            its.put("optional", true);
            ArrayNode described = its.putArray(FIELDS);
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                ObjectNode inner = described.addObject();
                describe(inner, null, field);
                inner.put("field", field.getKey());
            }
        } else {
            its.put(TYPE, "array").put("optional", true);
            ObjectNode items = its.putObject("items");
            describe(items, null, Map.entry("", value.isEmpty() ? items.textNode("") : value.get(0)));
        }
        return value;
    }

    /** Returns the type of a value; null for objects and lists. */
    private static FieldType guess(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> FieldType.BOOLEAN;
            case NUMBER -> value.isIntegralNumber() ? FieldType.INT64 : FieldType.DOUBLE;
            case OBJECT, ARRAY -> null;
            default -> FieldType.STRING;
        };
    }
}
