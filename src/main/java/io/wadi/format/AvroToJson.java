package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * Converts values of one Avro schema to plain JSON: union values without their type, bytes and fixed as base64 (RFC
 * 4648, section 4), decimals as numbers, NaN and infinity as strings, and timestamps, dates and times as ISO 8601
 * strings: local timestamps without an offset, others in UTC. Thread-safe.
 */
public final class AvroToJson {
    /** A property of the schema of an int or a long, with one of the following values: a type that Avro lacks. */
    public static final String TYPE = "wadi.type";
    /** A time of day in nanoseconds. */
    public static final String TIME_NANOS = "time-nanos";
    /** An unsigned integer. */
    public static final String UNSIGNED = "unsigned";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** The only mark of Parquet's type INT96 in the Avro schema of a file: its documentation. */
    private static final String INT96 = "INT96 represented as byte[12]";

    private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

    private final Schema schema;

    public AvroToJson(Schema schema) {
        this.schema = schema;
    }

    /** Converts a value of Avro's generic readers. */
    public JsonNode json(Object value) {
        return json(schema, value);
    }

    private static JsonNode json(Schema schema, Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof BigDecimal decimal) {
            // parquet-avro converts decimals that are stored as integers, which is no Avro type of them.
            return NODES.numberNode(decimal);
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
            case INT, LONG -> integer(schema.getProp(TYPE), (Number) value);
            case FLOAT, DOUBLE -> number((Number) value);
            case BYTES -> NODES.binaryNode(Utils.toArray((ByteBuffer) value));
            case FIXED -> fixed(schema, ((GenericData.Fixed) value).bytes());
            default -> NODES.textNode(value.toString());
        };
    }

    private static JsonNode integer(String type, Number value) {
        if (type == null) {
            return NODES.numberNode(value.longValue());
        }
        if (type.equals(TIME_NANOS)) {
            return NODES.textNode(LocalTime.ofNanoOfDay(value.longValue()).toString());
        }
        return NODES.numberNode(
                value instanceof Integer
                        ? BigInteger.valueOf(Integer.toUnsignedLong(value.intValue()))
                        : new BigInteger(Long.toUnsignedString(value.longValue())));
    }

    /** Returns a number with the digits of its own type: 0.1, not those of the double that is nearest to a float. */
    private static JsonNode number(Number value) {
        return Double.isFinite(value.doubleValue())
                ? NODES.numberNode(Double.parseDouble(value.toString()))
                : NODES.textNode(value.toString());
    }

    /** Converts a timestamp of older versions of Hive and Spark, for which Avro has no type. */
    private static JsonNode fixed(Schema schema, byte[] bytes) {
        if (!INT96.equals(schema.getDoc()) || bytes.length != Long.BYTES + Integer.BYTES) {
            return NODES.binaryNode(bytes);
        }
        ByteBuffer time = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long nanosOfDay = time.getLong();
        long day = time.getInt() - JULIAN_DAY_OF_EPOCH;
        return NODES.textNode(
                Instant.EPOCH.plus(day, ChronoUnit.DAYS).plusNanos(nanosOfDay).toString());
    }

    /** Converts a value with a logical type; returns null if it has none. */
    private static JsonNode logical(LogicalType type, Object value) {
        if (type == null) {
            return null;
        }
        ChronoUnit unit = TimeUnits.ofTimestamp(type);
        if (unit != null) {
            String time = Instant.EPOCH.plus((Long) value, unit).toString();
            return NODES.textNode(TimeUnits.isLocal(type) ? time.substring(0, time.length() - 1) : time);
        }
        unit = TimeUnits.ofTime(type);
        if (unit != null) {
            long nanos = Math.multiplyExact(
                    ((Number) value).longValue(), unit.getDuration().toNanos());
            return NODES.textNode(LocalTime.ofNanoOfDay(nanos).toString());
        }
        if (type instanceof LogicalTypes.Date) {
            return NODES.textNode(LocalDate.ofEpochDay((Integer) value).toString());
        }
        if (type instanceof LogicalTypes.Decimal decimal) {
            byte[] unscaled =
                    value instanceof GenericData.Fixed fixed ? fixed.bytes() : Utils.toArray((ByteBuffer) value);
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
}
