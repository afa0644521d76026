package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.NearestName;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Converts JSON to values of one Avro schema: the plain JSON of {@link AvroToJson}, also with timestamps and dates as numbers
 * in Avro's units, and with union values in Avro's JSON encoding, <code>{"long": 5}</code>. Thread-safe.
 */
public final class JsonToAvro {
    private static final Conversions.DecimalConversion DECIMALS = new Conversions.DecimalConversion();

    private final Schema schema;

    public JsonToAvro(Schema schema) {
        this.schema = schema;
    }

    /**
     * Converts a value for Avro's generic writers. Only digits beyond the precision of a float, a double or a timestamp's unit
     * are lost: numbers out of range, unpaired surrogates, decimals with too many digits and unknown fields are rejected. A
     * missing field gets its default, or null if it is nullable.
     *
     * @throws AvroMismatch if the value does not match the schema
     */
    public Object avro(JsonNode value) {
        return avro(schema, value, "");
    }

    private static Object avro(Schema schema, JsonNode value, String at) {
        try {
            Object logical = logicalAvro(schema, value);
            return logical == null ? plainAvro(schema, value, at) : logical;
        } catch (DateTimeException | ArithmeticException | AvroRuntimeException e) {
            throw mismatch(schema, value, at, e);
        }
    }

    /**
     * Selects the first type that matches by a shallow test, so that nested unions do not take exponential time.
     */
    private static Object ofUnion(Schema union, JsonNode value, String at) {
        if (isAbsent(value) && union.isNullable()) {
            return null;
        }
        Schema named = value.size() == 1 ? ofName(union, value.fieldNames()) : null;
        if (named != null) {
            String name = value.fieldNames().next();
            return avro(named, value.get(name), below(at, name));
        }
        List<Schema> candidates = union.getTypes().stream()
                .filter(type -> isCandidate(type, value))
                .toList();
        if (candidates.size() == 1) {
            return avro(candidates.get(0), value, at);
        }
        return candidates.stream()
                .filter(type -> matches(type, value))
                .findFirst()
                .map(type -> avro(type, value, at))
                .orElseThrow(() -> mismatch(union, value, at, null));
    }

    /** Returns the type that the only field of an object names, as in Avro's JSON encoding; null if there is none. */
    private static Schema ofName(Schema union, Iterator<String> names) {
        Integer index = names.hasNext() ? union.getIndexNamed(names.next()) : null;
        return index == null ? null : union.getTypes().get(index);
    }

    private static boolean isCandidate(Schema type, JsonNode value) {
        return switch (type.getType()) {
            case NULL -> isAbsent(value);
            case RECORD, MAP -> value.isObject();
            case ARRAY -> value.isArray();
            case BOOLEAN -> value.isBoolean();
            case INT, LONG -> value.isNumber() || (value.isTextual() && type.getLogicalType() != null);
            case FLOAT, DOUBLE -> value.isNumber();
            case BYTES, FIXED ->
                type.getLogicalType() instanceof LogicalTypes.Decimal
                        ? value.isNumber()
                        : value.isTextual() || value.isBinary();
            default -> value.isTextual();
        };
    }

    private static boolean matches(Schema type, JsonNode value) {
        if (type.getType() == Schema.Type.RECORD) {
            return type.getFields().stream()
                            .allMatch(field -> value.has(field.name())
                                    || field.hasDefaultValue()
                                    || field.schema().isNullable())
                    && value.properties().stream().allMatch(given -> type.getField(given.getKey()) != null);
        }
        if (value.isContainerNode()) {
            return true;
        }
        try {
            avro(type, value, "");
            return true;
        } catch (AvroMismatch e) {
            return false;
        }
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isNull() || value.isMissingNode();
    }

    private static Object logicalAvro(Schema schema, JsonNode value) {
        LogicalType type = schema.getLogicalType();
        if (type instanceof LogicalTypes.TimestampMillis && value.isTextual()) {
            return time(value).toEpochMilli();
        }
        if (type instanceof LogicalTypes.TimestampMicros && value.isTextual()) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time(value));
        }
        if (type instanceof LogicalTypes.Date && value.isTextual()) {
            return Math.toIntExact(LocalDate.parse(value.textValue()).toEpochDay());
        }
        if (type instanceof LogicalTypes.Decimal decimal) {
            BigDecimal scaled = scaled(decimal, value);
            return schema.getType() == Schema.Type.BYTES
                    ? DECIMALS.toBytes(scaled, schema, decimal)
                    : DECIMALS.toFixed(scaled, schema, decimal);
        }
        return null;
    }

    private static Instant time(JsonNode value) {
        try {
            return Times.of(value.textValue());
        } catch (IllegalArgumentException e) {
            throw new DateTimeException(e.getMessage(), e);
        }
    }

    /**
     * Returns the number in the type's scale; checked before scaling, since an exponent may stand for billions of
     * digits.
     */
    private static BigDecimal scaled(LogicalTypes.Decimal type, JsonNode value) {
        if (!value.isNumber() || !isFinite(value)) {
            throw new ArithmeticException("not a number");
        }
        BigDecimal shortest = value.decimalValue().stripTrailingZeros();
        long digitsBefore = shortest.signum() == 0 ? 0 : (long) shortest.precision() - shortest.scale();
        if (shortest.scale() > type.getScale() || digitsBefore > type.getPrecision() - type.getScale()) {
            throw new ArithmeticException("more digits than the type allows");
        }
        return shortest.setScale(type.getScale(), RoundingMode.UNNECESSARY);
    }

    private static Object plainAvro(Schema schema, JsonNode value, String at) {
        return switch (schema.getType()) {
            case RECORD -> record(schema, object(schema, value, at), at);
            case ARRAY -> list(schema, value, at);
            case MAP -> map(schema, object(schema, value, at), at);
            case UNION -> ofUnion(schema, value, at);
            case STRING -> text(schema, value, at);
            case ENUM -> {
                require(value.isTextual() && schema.hasEnumSymbol(value.textValue()), schema, value, at);
                yield new GenericData.EnumSymbol(schema, value.textValue());
            }
            case BOOLEAN -> {
                require(value.isBoolean(), schema, value, at);
                yield value.booleanValue();
            }
            case INT -> {
                require(isWhole(value) && value.canConvertToInt(), schema, value, at);
                yield value.intValue();
            }
            case LONG -> {
                require(isWhole(value) && value.canConvertToLong(), schema, value, at);
                yield value.longValue();
            }
            case FLOAT -> {
                require(value.isNumber() && Float.isFinite(value.floatValue()), schema, value, at);
                yield value.floatValue();
            }
            case DOUBLE -> {
                require(value.isNumber() && isFinite(value), schema, value, at);
                yield value.doubleValue();
            }
            case BYTES -> ByteBuffer.wrap(bytes(schema, value, at));
            case FIXED -> {
                byte[] bytes = bytes(schema, value, at);
                require(bytes.length == schema.getFixedSize(), schema, value, at);
                yield new GenericData.Fixed(schema, bytes);
            }
            case NULL -> {
                require(isAbsent(value), schema, value, at);
                yield null;
            }
        };
    }

    private static boolean isFinite(JsonNode number) {
        return Double.isFinite(number.doubleValue());
    }

    /** Returns whether the number is integral, such as 1, 1.0 or 1e3. */
    private static boolean isWhole(JsonNode value) {
        return value.isNumber() && value.canConvertToExactIntegral();
    }

    private static ObjectNode object(Schema schema, JsonNode value, String at) {
        require(value.isObject(), schema, value, at);
        return (ObjectNode) value;
    }

    private static String text(Schema schema, JsonNode value, String at) {
        require(value.isTextual(), schema, value, at);
        return requireEncodable(value.textValue(), at);
    }

    /** Rejects unpaired surrogates, which the UTF-8 encoder would replace by a question mark. */
    private static String requireEncodable(String text, String at) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw AvroMismatch.of(at, "found an unpaired surrogate, which UTF-8 cannot encode");
        }
        return text;
    }

    private static byte[] bytes(Schema schema, JsonNode value, String at) {
        require(value.isTextual() || value.isBinary(), schema, value, at);
        try {
            return value.binaryValue();
        } catch (IOException e) {
            throw mismatch(schema, value, at, e);
        }
    }

    private static void require(boolean matches, Schema schema, JsonNode value, String at) {
        if (!matches) {
            throw mismatch(schema, value, at, null);
        }
    }

    private static AvroMismatch mismatch(Schema schema, JsonNode value, String at, Exception cause) {
        return AvroMismatch.found(at, value, expected(schema), cause);
    }

    private static String expected(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        if (logical instanceof LogicalTypes.TimestampMillis) {
            return "a time such as 2026-11-22T07:00:00.123Z, or milliseconds since 1970";
        }
        if (logical instanceof LogicalTypes.TimestampMicros) {
            return "a time such as 2026-11-22T07:00:00.123456Z, or microseconds since 1970";
        }
        if (logical instanceof LogicalTypes.Date) {
            return "a date such as 2026-11-22, or days since 1970";
        }
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return "a number of %d digits, %d of them after the point"
                    .formatted(decimal.getPrecision(), decimal.getScale());
        }
        return switch (schema.getType()) {
            case RECORD -> "an object, " + schema.getFullName();
            case MAP -> "an object";
            case ARRAY -> "an array";
            case UNION -> schema.getTypes().stream().map(JsonToAvro::expected).collect(Collectors.joining(" or "));
            case STRING -> "a string";
            case ENUM -> "one of \"" + String.join("\", \"", schema.getEnumSymbols()) + "\"";
            case BOOLEAN -> "a boolean";
            case INT -> "an integer from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> "an integer from %d to %d".formatted(Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> "a number that a float can hold";
            case DOUBLE -> "a number that a double can hold";
            case BYTES -> "bytes in base64";
            case FIXED -> "%d bytes in base64".formatted(schema.getFixedSize());
            case NULL -> "null";
        };
    }

    private static GenericRecord record(Schema schema, ObjectNode object, String at) {
        for (Map.Entry<String, JsonNode> given : object.properties()) {
            if (schema.getField(given.getKey()) == null) {
                throw AvroMismatch.of(
                        below(at, given.getKey()),
                        "the schema %s has no such field%s"
                                .formatted(schema.getFullName(), NearestName.question(given.getKey(), names(schema))));
            }
        }
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = object.path(field.name());
            record.put(
                    field.pos(),
                    value.isMissingNode() && field.hasDefaultValue()
                            ? GenericData.get().getDefaultValue(field)
                            : avro(field.schema(), value, below(at, field.name())));
        }
        return record;
    }

    private static List<String> names(Schema schema) {
        return schema.getFields().stream().map(Schema.Field::name).toList();
    }

    /** Returns the JSON pointer (RFC 6901) of a member. */
    private static String below(String at, String name) {
        return at + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private static List<Object> list(Schema schema, JsonNode values, String at) {
        require(values.isArray(), schema, values, at);
        List<Object> list = new ArrayList<>(values.size());
        values.forEach(each -> list.add(avro(schema.getElementType(), each, at + "/" + list.size())));
        return list;
    }

    private static Map<String, Object> map(Schema schema, ObjectNode values, String at) {
        Map<String, Object> map = new LinkedHashMap<>();
        values.properties().forEach(each -> {
            String below = below(at, each.getKey());
            map.put(requireEncodable(each.getKey(), below), avro(schema.getValueType(), each.getValue(), below));
        });
        return map;
    }
}
