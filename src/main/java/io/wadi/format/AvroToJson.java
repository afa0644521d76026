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
 * 4648, section 4), decimals as numbers, timestamps and dates as ISO 8601 strings: local ones without an offset, others
 * in UTC. Thread-safe.
 */
public final class AvroToJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Parquet's former type of timestamps: nanoseconds of the day, then the Julian day. */
    private static final String INT96 = "INT96";

    private static final int INT96_BYTES = 12;
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
            case FLOAT -> number((Float) value);
            case DOUBLE -> NODES.numberNode((Double) value);
            case BYTES -> NODES.binaryNode(Utils.toArray((ByteBuffer) value));
            case FIXED -> fixed(schema, ((GenericData.Fixed) value).bytes());
            default -> NODES.textNode(value.toString());
        };
    }

    /** Returns a float with its own digits, such as 0.1, which as a double is 0.10000000149011612. */
    private static JsonNode number(float value) {
        return Float.isFinite(value)
                ? NODES.numberNode(new BigDecimal(Float.toString(value)))
                : NODES.numberNode((double) value);
    }

    /** Converts a value with a logical type; returns null if it has none. */
    private static JsonNode logical(LogicalType type, Object value) {
        if (type instanceof LogicalTypes.TimestampMillis) {
            return NODES.textNode(Instant.ofEpochMilli((Long) value).toString());
        }
        if (type instanceof LogicalTypes.TimestampMicros) {
            return NODES.textNode(microseconds((Long) value).toString());
        }
        if (type instanceof LogicalTypes.LocalTimestampMillis) {
            return NODES.textNode(withoutZone(Instant.ofEpochMilli((Long) value)));
        }
        if (type instanceof LogicalTypes.LocalTimestampMicros) {
            return NODES.textNode(withoutZone(microseconds((Long) value)));
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

    private static Instant microseconds(long sinceEpoch) {
        return Instant.EPOCH.plus(sinceEpoch, ChronoUnit.MICROS);
    }

    private static String withoutZone(Instant time) {
        String text = time.toString();
        return text.substring(0, text.length() - 1);
    }

    /** Converts a fixed; the one in which Parquet's reader returns an INT96 is a timestamp. */
    private static JsonNode fixed(Schema schema, byte[] bytes) {
        if (!schema.getFullName().equals(INT96) || bytes.length != INT96_BYTES) {
            return NODES.binaryNode(bytes);
        }
        ByteBuffer parts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long nanosOfDay = parts.getLong();
        long day = parts.getInt() - JULIAN_DAY_OF_EPOCH;
        return NODES.textNode(Instant.EPOCH
                .plus(day, ChronoUnit.DAYS)
                .plusNanos(nanosOfDay)
                .toString());
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
