package io.wadi.ends.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Values of one Avro schema as JSON, and JSON as such values. Thread-safe. */
final class AvroValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Schema schema;

    AvroValues(Schema schema) {
        this.schema = schema;
    }

    // ---- to JSON

    JsonNode json(Object value) {
        return json(schema, value);
    }

    private static JsonNode json(Schema schema, Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        JsonNode logical = logical(schema.getLogicalType(), value);
        if (logical != null) {
            return logical;
        }
        return switch (schema.getType()) {
            case RECORD -> object((GenericRecord) value);
            case UNION -> json(schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), value);
            case ARRAY -> list(schema, (Iterable<?>) value);
            case MAP -> map(schema, (Map<?, ?>) value);
            case BOOLEAN -> NODES.booleanNode((Boolean) value);
            case INT, LONG -> NODES.numberNode(((Number) value).longValue());
            case FLOAT, DOUBLE -> NODES.numberNode(((Number) value).doubleValue());
            case BYTES -> NODES.binaryNode(bytes((ByteBuffer) value));
            case FIXED -> NODES.binaryNode(((GenericData.Fixed) value).bytes());
            default -> NODES.textNode(value.toString());
        };
    }

    /** A time or a decimal; null where it is neither. */
    private static JsonNode logical(LogicalType type, Object value) {
        if (type instanceof LogicalTypes.TimestampMillis) {
            return NODES.textNode(Instant.ofEpochMilli((Long) value).toString());
        }
        if (type instanceof LogicalTypes.TimestampMicros) {
            return NODES.textNode(
                    Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString());
        }
        if (type instanceof LogicalTypes.Date) {
            return NODES.textNode(LocalDate.ofEpochDay((Integer) value).toString());
        }
        if (type instanceof LogicalTypes.Decimal decimal) {
            byte[] unscaled = value instanceof GenericData.Fixed fixed ? fixed.bytes() : bytes((ByteBuffer) value);
            return NODES.numberNode(new BigDecimal(new BigInteger(unscaled), decimal.getScale()));
        }
        return null;
    }

    private static ObjectNode object(GenericRecord value) {
        ObjectNode object = NODES.objectNode();
        for (Schema.Field field : value.getSchema().getFields()) {
            object.set(field.name(), json(field.schema(), value.get(field.pos())));
        }
        return object;
    }

    private static ArrayNode list(Schema schema, Iterable<?> values) {
        ArrayNode list = NODES.arrayNode();
        values.forEach(each -> list.add(json(schema.getElementType(), each)));
        return list;
    }

    private static ObjectNode map(Schema schema, Map<?, ?> values) {
        ObjectNode object = NODES.objectNode();
        values.forEach((name, each) -> object.set(name.toString(), json(schema.getValueType(), each)));
        return object;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    // ---- from JSON

    Object avro(ObjectNode value) {
        return avro(schema, value, "");
    }

    private static Object avro(Schema schema, JsonNode value, String at) {
        if (schema.getType() == Schema.Type.UNION) {
            return ofUnion(schema, value, at);
        }
        try {
            Object logical = logicalAvro(schema, value);
            return logical == null ? plainAvro(schema, value, at) : logical;
        } catch (DateTimeException | ArithmeticException | IOException | ClassCastException e) {
            throw mistaken(schema, value, at, e);
        }
    }

    /** The first of its types that takes the value. */
    private static Object ofUnion(Schema union, JsonNode value, String at) {
        IllegalArgumentException first = null;
        for (Schema type : union.getTypes()) {
            if (isAbsent(value) || type.getType() == Schema.Type.NULL) {
                if (isAbsent(value) && union.isNullable()) {
                    return null;
                }
                continue;
            }
            try {
                return avro(type, value, at);
            } catch (IllegalArgumentException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? mistaken(union, value, at, null) : first;
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isNull() || value.isMissingNode();
    }

    private static Object logicalAvro(Schema schema, JsonNode value) {
        LogicalType type = schema.getLogicalType();
        if (type instanceof LogicalTypes.TimestampMillis && value.isTextual()) {
            return Times.of(value.textValue()).toEpochMilli();
        }
        if (type instanceof LogicalTypes.TimestampMicros && value.isTextual()) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Times.of(value.textValue()));
        }
        if (type instanceof LogicalTypes.Date && value.isTextual()) {
            return Math.toIntExact(LocalDate.parse(value.textValue()).toEpochDay());
        }
        if (type instanceof LogicalTypes.Decimal decimal && value.isNumber() && schema.getType() == Schema.Type.BYTES) {
            BigDecimal scaled = value.decimalValue().setScale(decimal.getScale(), RoundingMode.UNNECESSARY);
            return ByteBuffer.wrap(scaled.unscaledValue().toByteArray());
        }
        return null;
    }

    private static Object plainAvro(Schema schema, JsonNode value, String at) throws IOException {
        return switch (schema.getType()) {
            case RECORD -> record(schema, (ObjectNode) value, at);
            case ARRAY -> list(schema, (ArrayNode) value, at);
            case MAP -> map(schema, (ObjectNode) value, at);
            case STRING -> fitting(value.isTextual(), value.textValue(), schema, value, at);
            case ENUM ->
                fitting(
                        schema.hasEnumSymbol(value.asText()),
                        new GenericData.EnumSymbol(schema, value.asText()),
                        schema,
                        value,
                        at);
            case BOOLEAN -> fitting(value.isBoolean(), value.booleanValue(), schema, value, at);
            case INT ->
                fitting(value.canConvertToInt() && value.isIntegralNumber(), value.intValue(), schema, value, at);
            case LONG ->
                fitting(value.canConvertToLong() && value.isIntegralNumber(), value.longValue(), schema, value, at);
            case FLOAT -> fitting(value.isNumber(), value.floatValue(), schema, value, at);
            case DOUBLE -> fitting(value.isNumber(), value.doubleValue(), schema, value, at);
            case BYTES -> ByteBuffer.wrap(bytes(value, schema, at));
            case FIXED -> new GenericData.Fixed(schema, bytes(value, schema, at));
            default -> fitting(isAbsent(value), null, schema, value, at);
        };
    }

    private static byte[] bytes(JsonNode value, Schema schema, String at) throws IOException {
        byte[] decoded = value.binaryValue();
        if (decoded == null) {
            throw mistaken(schema, value, at, null);
        }
        return decoded;
    }

    private static Object fitting(boolean fits, Object made, Schema schema, JsonNode value, String at) {
        if (!fits) {
            throw mistaken(schema, value, at, null);
        }
        return made;
    }

    private static IllegalArgumentException mistaken(Schema schema, JsonNode value, String at, Exception cause) {
        String found = isAbsent(value) ? "nothing" : value.toString();
        return new IllegalArgumentException(
                "the field %s is %s in the schema, found %s".formatted(at, schema.getType(), found), cause);
    }

    private static GenericRecord record(Schema schema, ObjectNode object, String at) {
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = object.path(field.name());
            record.put(
                    field.pos(),
                    value.isMissingNode() && field.hasDefaultValue()
                            ? GenericData.get().getDefaultValue(field)
                            : avro(field.schema(), value, below(at, field.name())));
        }
        for (Map.Entry<String, JsonNode> given : object.properties()) {
            if (schema.getField(given.getKey()) == null) {
                throw new IllegalArgumentException("the schema %s has no field %s; drop it, or add it there"
                        .formatted(schema.getFullName(), below(at, given.getKey())));
            }
        }
        return record;
    }

    private static String below(String at, String name) {
        return at.isEmpty() ? name : at + "." + name;
    }

    private static List<Object> list(Schema schema, ArrayNode values, String at) {
        List<Object> list = new ArrayList<>();
        values.forEach(each -> list.add(avro(schema.getElementType(), each, at)));
        return list;
    }

    private static Map<String, Object> map(Schema schema, ObjectNode values, String at) {
        Map<String, Object> map = new HashMap<>();
        values.properties()
                .forEach(each ->
                        map.put(each.getKey(), avro(schema.getValueType(), each.getValue(), below(at, each.getKey()))));
        return map;
    }
}
