package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;

/**
 * Converts Kafka Connect's data to plain JSON: dates and times to ISO-8601 strings in UTC, decimals to numbers with all
 * digits, bytes to Base64.
 */
public final class ConnectToJson {
    /** The field name of a record that is a single value without fields. */
    public static final String VALUE = "value";
    /** Debezium's name for the schema of a string that contains JSON. */
    public static final String JSON_TEXT = "io.debezium.data.Json";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ConnectToJson() {}

    /** Returns a record as an object: its fields, or the field {@link #VALUE} for a value without fields. */
    public static ObjectNode object(Schema schema, Object value) {
        JsonNode json = json(schema, value);
        return json instanceof ObjectNode object ? object : NODES.objectNode().set(VALUE, json);
    }

    /**
     * Converts a row without parsing its JSON columns, which become strings. For JSON that exceeds the limits of the
     * parser.
     */
    public static ObjectNode withoutParsing(Struct row) {
        ObjectNode object = NODES.objectNode();
        for (Field field : row.schema().fields()) {
            boolean isJson = JSON_TEXT.equals(field.schema().name());
            object.set(field.name(), json(isJson ? null : field.schema(), row.get(field)));
        }
        return object;
    }

    /**
     * Returns the text of the only field of a record.
     *
     * @throws IllegalArgumentException if the record has not exactly one field, or the field is null, an object or an
     *     array
     */
    static String only(Schema schema, Object value) {
        ObjectNode fields = object(schema, value);
        JsonNode only = fields.size() == 1 ? fields.elements().next() : null;
        if (only == null || only.isContainerNode()) {
            throw new IllegalArgumentException(
                    "string has one field, this record has %d: %s; drop the others, or use json"
                            .formatted(
                                    fields.size(),
                                    fields.properties().stream()
                                            .map(Map.Entry::getKey)
                                            .collect(Collectors.joining(", "))));
        }
        if (only.isNull()) {
            throw new IllegalArgumentException("the field %s is null, which string cannot represent"
                    .formatted(fields.fieldNames().next()));
        }
        return only.isNumber() ? Json.text(only) : only.asText();
    }

    /**
     * Converts a value.
     *
     * @param schema null for data without a schema
     */
    public static JsonNode json(Schema schema, Object value) {
        if (value instanceof Struct struct) {
            ObjectNode object = NODES.objectNode();
            for (Field field : struct.schema().fields()) {
                object.set(field.name(), json(field.schema(), struct.get(field)));
            }
            return object;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            Schema values = schema == null ? null : schema.valueSchema();
            map.forEach((name, each) -> object.set(String.valueOf(name), json(values, each)));
            return object;
        }
        if (value instanceof Iterable<?> list) {
            ArrayNode array = NODES.arrayNode();
            Schema values = schema == null ? null : schema.valueSchema();
            list.forEach(each -> array.add(json(values, each)));
            return array;
        }
        return scalar(schema == null ? null : schema.name(), value);
    }

    private static JsonNode scalar(String logicalType, Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof java.util.Date date) {
            return NODES.textNode(iso(logicalType, date));
        }
        if (value instanceof BigDecimal decimal) {
            return NODES.numberNode(decimal);
        }
        if (value instanceof BigInteger large) {
            return NODES.numberNode(large);
        }
        if (value instanceof Float || value instanceof Double) {
            return number((Number) value);
        }
        if (value instanceof Number number) {
            return NODES.numberNode(number.longValue());
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof byte[] bytes) {
            return NODES.binaryNode(bytes);
        }
        if (value instanceof ByteBuffer bytes) {
            return NODES.binaryNode(Utils.toArray(bytes.duplicate()));
        }
        return JSON_TEXT.equals(logicalType)
                ? Json.tree(value.toString().getBytes(StandardCharsets.UTF_8))
                : NODES.textNode(value.toString());
    }

    /** Returns a number; NaN and infinity, which JSON cannot represent, become strings. */
    private static JsonNode number(Number value) {
        if (!Double.isFinite(value.doubleValue())) {
            return NODES.textNode(value.toString());
        }
        return value instanceof Float single ? NODES.numberNode(single) : NODES.numberNode(value.doubleValue());
    }

    @SuppressWarnings("JavaUtilDate") // Connect's logical types use it
    private static String iso(String logicalType, java.util.Date date) {
        Instant instant = date instanceof java.sql.Timestamp timestamp
                ? timestamp.toInstant()
                : Instant.ofEpochMilli(date.getTime());
        if (Date.LOGICAL_NAME.equals(logicalType)) {
            return instant.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        }
        return Time.LOGICAL_NAME.equals(logicalType)
                ? instant.atOffset(ZoneOffset.UTC).toLocalTime().toString()
                : instant.toString();
    }
}
