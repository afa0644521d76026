package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.NearestName;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Converts JSON to values of one Avro schema: the plain JSON of {@link AvroToJson}, also with timestamps and dates as
 * numbers in Avro's units, and with union values in Avro's JSON encoding, <code>{"long": 5}</code>. Thread-safe.
 */
public final class JsonToAvro {
    private static final Conversions.DecimalConversion DECIMALS = new Conversions.DecimalConversion();

    private final Schema schema;
    private final MissingFields missing = new MissingFields();

    public JsonToAvro(Schema schema) {
        this.schema = schema;
    }

    /**
     * Converts a value for Avro's generic writers. Only digits beyond the precision of a float, a double or a
     * timestamp's unit are lost: numbers out of range, unpaired surrogates, decimals with too many digits and unknown
     * fields are rejected. A missing field gets its default, or null if it is nullable; a value that lacks more than a
     * million fields is rejected.
     *
     * @throws AvroMismatch if the value does not match the schema
     */
    public Object avro(JsonNode value) {
        try {
            // Each conversion counts its missing fields.
            return new JsonToAvro(schema).avro(schema, value);
        } catch (NestedMismatch e) {
            throw e.toMismatch();
        }
    }

    private Object avro(Schema schema, JsonNode value) {
        try {
            Object logical = logicalAvro(schema, value);
            return logical == null ? plainAvro(schema, value) : logical;
        } catch (DateTimeException | ArithmeticException | AvroRuntimeException e) {
            throw mismatch(schema, value, e);
        }
    }

    /**
     * Converts a value of a union. A shallow test selects the first type that matches, so that nested unions do not
     * take exponential time.
     */
    private Object ofUnion(Schema union, JsonNode value) {
        if (isAbsent(value) && union.isNullable()) {
            return null;
        }
        Schema named = value.size() == 1 ? ofName(union, value.fieldNames()) : null;
        if (named != null) {
            String name = value.fieldNames().next();
            return avroBelow(name, named, value.get(name));
        }
        List<Schema> candidates = union.getTypes().stream()
                .filter(type -> isCandidate(type, value))
                .toList();
        if (candidates.size() == 1) {
            return avro(candidates.get(0), value);
        }
        return candidates.stream()
                .filter(type -> matches(type, value))
                .findFirst()
                .map(type -> avro(type, value))
                .orElseThrow(() -> mismatch(union, value, null));
    }

    /**
     * Returns the union's type with the name of the object's only field, as in Avro's JSON encoding; null if there is
     * none.
     */
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

    private boolean matches(Schema type, JsonNode value) {
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
            avro(type, value);
            return true;
        } catch (NestedMismatch e) {
            return false;
        }
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isNull() || value.isMissingNode();
    }

    private static Object logicalAvro(Schema schema, JsonNode value) {
        LogicalType type = schema.getLogicalType();
        if (value.isTextual()) {
            ChronoUnit unit = TimeUnits.ofTimestamp(type);
            if (unit != null) {
                return TimeUnits.since1970(TimeUnits.isLocal(type) ? localTime(value) : time(value), unit);
            }
            unit = TimeUnits.ofTime(type);
            if (unit != null) {
                long time = LocalTime.parse(value.textValue()).toNanoOfDay()
                        / unit.getDuration().toNanos();
                return schema.getType() == Schema.Type.INT ? (Object) Math.toIntExact(time) : time;
            }
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

    private static Instant localTime(JsonNode value) {
        return LocalDateTime.parse(value.textValue()).toInstant(ZoneOffset.UTC);
    }

    private static Instant time(JsonNode value) {
        try {
            return Times.of(value.textValue());
        } catch (IllegalArgumentException e) {
            throw new DateTimeException(e.getMessage(), e);
        }
    }

    /**
     * Returns the number in the type's scale. Its digits are checked before scaling, since a short exponent can
     * represent billions of digits.
     */
    private static BigDecimal scaled(LogicalTypes.Decimal type, JsonNode value) {
        if (!value.isNumber() || !isFinite(value)) {
            throw new ArithmeticException("not a number");
        }
        BigDecimal shortest = Decimals.stripTrailingZeros(value.decimalValue());
        long digitsBefore = shortest.signum() == 0 ? 0 : (long) shortest.precision() - shortest.scale();
        if (shortest.scale() > type.getScale() || digitsBefore > type.getPrecision() - type.getScale()) {
            throw new ArithmeticException("more digits than the type allows");
        }
        return shortest.setScale(type.getScale(), RoundingMode.UNNECESSARY);
    }

    private Object plainAvro(Schema schema, JsonNode value) {
        return switch (schema.getType()) {
            case RECORD -> record(schema, object(schema, value));
            case ARRAY -> list(schema, value);
            case MAP -> map(schema, object(schema, value));
            case UNION -> ofUnion(schema, value);
            case STRING -> text(schema, value);
            case ENUM -> {
                require(value.isTextual() && schema.hasEnumSymbol(value.textValue()), schema, value);
                yield new GenericData.EnumSymbol(schema, value.textValue());
            }
            case BOOLEAN -> {
                require(value.isBoolean(), schema, value);
                yield value.booleanValue();
            }
            case INT -> {
                require(isWhole(value) && value.canConvertToInt(), schema, value);
                yield value.intValue();
            }
            case LONG -> {
                require(isWhole(value) && isLong(value), schema, value);
                yield value.longValue();
            }
            case FLOAT -> {
                require(value.isNumber() && Float.isFinite(value.floatValue()), schema, value);
                yield value.floatValue();
            }
            case DOUBLE -> {
                require(value.isNumber() && isFinite(value), schema, value);
                yield value.doubleValue();
            }
            case BYTES -> ByteBuffer.wrap(bytes(schema, value));
            case FIXED -> {
                byte[] bytes = bytes(schema, value);
                require(bytes.length == schema.getFixedSize(), schema, value);
                yield new GenericData.Fixed(schema, bytes);
            }
            case NULL -> {
                require(isAbsent(value), schema, value);
                yield null;
            }
        };
    }

    private static boolean isFinite(JsonNode number) {
        return Double.isFinite(number.doubleValue());
    }

    /** Returns whether the number is integral, such as 1, 1.0 or 1e3. */
    private static boolean isWhole(JsonNode value) {
        return value.isBigDecimal()
                ? Decimals.isIntegral(value.decimalValue())
                : value.isNumber() && value.canConvertToExactIntegral();
    }

    /** Returns whether the number is in the range of a long. Jackson includes the double and the float 2^63. */
    private static boolean isLong(JsonNode value) {
        boolean isRounded = value.isDouble() || value.isFloat();
        return value.canConvertToLong() && !(isRounded && value.doubleValue() == 0x1p63);
    }

    private static ObjectNode object(Schema schema, JsonNode value) {
        require(value.isObject(), schema, value);
        return (ObjectNode) value;
    }

    private static String text(Schema schema, JsonNode value) {
        require(value.isTextual(), schema, value);
        return requireEncodable(value.textValue());
    }

    /** Rejects unpaired surrogates, which the UTF-8 encoder would replace by a question mark. */
    private static String requireEncodable(String text) {
        if (JsonText.unpairedSurrogate(text) >= 0) {
            throw new NestedMismatch(pointer -> AvroMismatch.of(pointer, "found " + JsonText.UNPAIRED_SURROGATE));
        }
        return text;
    }

    private static byte[] bytes(Schema schema, JsonNode value) {
        require(value.isTextual() || value.isBinary(), schema, value);
        try {
            return value.binaryValue();
        } catch (IOException e) {
            throw mismatch(schema, value, e);
        }
    }

    private static void require(boolean matches, Schema schema, JsonNode value) {
        if (!matches) {
            throw mismatch(schema, value, null);
        }
    }

    private static NestedMismatch mismatch(Schema schema, JsonNode value, Exception cause) {
        return new NestedMismatch(pointer -> AvroMismatch.found(pointer, value, schema, cause));
    }

    private GenericRecord record(Schema schema, ObjectNode object) {
        for (Map.Entry<String, JsonNode> given : object.properties()) {
            if (schema.getField(given.getKey()) == null) {
                throw unknownField(schema, given.getKey());
            }
        }
        if (missing.exceedLimitWith(schema.getFields().size() - object.size())) {
            throw new NestedMismatch(pointer -> AvroMismatch.of(pointer, MissingFields.TOO_MANY));
        }
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = object.path(field.name());
            record.put(
                    field.pos(),
                    value.isMissingNode() && field.hasDefaultValue()
                            ? GenericData.get().getDefaultValue(field)
                            : avroBelow(field.name(), field.schema(), value));
        }
        return record;
    }

    private static NestedMismatch unknownField(Schema schema, String name) {
        return new NestedMismatch(pointer -> {
                    List<String> names =
                            schema.getFields().stream().map(Schema.Field::name).toList();
                    String text = "the schema %s has no such field%s"
                            .formatted(schema.getFullName(), NearestName.question(name, names));
                    return AvroMismatch.of(pointer, text);
                })
                .below(name);
    }

    /** Converts the value of a member, and adds the member's name to the path of a mismatch. */
    private Object avroBelow(String name, Schema schema, JsonNode value) {
        try {
            return avro(schema, value);
        } catch (NestedMismatch e) {
            throw e.below(name);
        }
    }

    private List<Object> list(Schema schema, JsonNode values) {
        require(values.isArray(), schema, values);
        List<Object> list = new ArrayList<>(values.size());
        try {
            values.forEach(each -> list.add(avro(schema.getElementType(), each)));
        } catch (NestedMismatch e) {
            throw e.below(Integer.toString(list.size()));
        }
        return list;
    }

    private Map<String, Object> map(Schema schema, ObjectNode values) {
        Map<String, Object> map = new LinkedHashMap<>();
        values.properties().forEach(each -> {
            String name = each.getKey();
            try {
                map.put(requireEncodable(name), avro(schema.getValueType(), each.getValue()));
            } catch (NestedMismatch e) {
                throw e.below(name);
            }
        });
        return map;
    }
}
