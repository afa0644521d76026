package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.format.Decimals;
import io.wadi.format.JsonPointers;
import io.wadi.runtime.config.Excerpt;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.json.JsonConverterConfig;

/**
 * A converter of Kafka Connect's JSON with an embedded schema, <code>{"schema":…,"payload":…}</code>. It rejects a
 * payload that does not match the schema, which JsonConverter would change. Values without a schema are
 * written with an inferred schema.
 */
final class EnvelopeJsonConverter extends JsonConverter {
    private static final String SCHEMA = "schema";
    static final String PAYLOAD = "payload";
    private static final int MAX_SHOWN = 100;

    /** The maximum number of cached schemas, including those of fields. */
    private static final int MAX_CACHED = 200;
    /** The maximum length of a record with a cached schema. A sender may give each record another schema. */
    private static final int MAX_CACHED_BYTES = 16 << 10;

    private final JsonConverter uncached = new JsonConverter();

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        Map<String, Object> own = new HashMap<>(configs);
        own.put(JsonConverterConfig.SCHEMAS_CACHE_SIZE_CONFIG, MAX_CACHED);
        super.configure(own, isKey);
        own.put(JsonConverterConfig.SCHEMAS_CACHE_SIZE_CONFIG, 0);
        uncached.configure(own, isKey);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] bytes) {
        JsonNode envelope = Json.tree(bytes);
        if (!envelope.has(SCHEMA) || !(envelope.path(PAYLOAD) instanceof ObjectNode payload)) {
            throw new IllegalArgumentException(
                    "expected {\"schema\":…,\"payload\":{…}} (json-schema); for JSON without a schema use json");
        }
        if (envelope.path(SCHEMA).isNull()) {
            return new SchemaAndValue(null, Json.withoutSchema(payload));
        }
        return described(topic, bytes, payload);
    }

    /** Returns whether JSON has the form of an envelope, and nothing else. */
    static boolean isEnvelope(JsonNode json) {
        return json.size() == 2 && json.path(SCHEMA).isObject() && json.has(PAYLOAD);
    }

    /**
     * Returns the payload of an envelope, which may be a single value.
     *
     * @throws IllegalArgumentException if it does not match its schema
     */
    SchemaAndValue described(String topic, byte[] bytes, JsonNode payload) {
        SchemaAndValue read = converted(topic, bytes);
        requireDescribed("", payload, read.schema());
        return read;
    }

    private SchemaAndValue converted(String topic, byte[] bytes) {
        try {
            return bytes.length > MAX_CACHED_BYTES
                    ? uncached.toConnectData(topic, bytes)
                    : super.toConnectData(topic, bytes);
        } catch (DataException e) {
            throw new IllegalArgumentException("not a record of its schema: " + e.getMessage(), e);
        }
    }

    /**
     * Rejects what Kafka Connect's converter would change silently: it drops fields without a schema, and converts
     * values of other types, such as the text "12" to the integer 0. It rejects null itself where that is not allowed.
     *
     * @param pointer a JSON pointer to the payload
     */
    private static void requireDescribed(String pointer, JsonNode payload, Schema schema) {
        if (payload.isNull()) {
            return;
        }
        if (!isOfType(payload, schema)) {
            throw new IllegalArgumentException("not a record of its schema: at \"%s\": found %s, expected %s"
                    .formatted(
                            pointer,
                            Excerpt.of(payload.toString(), MAX_SHOWN),
                            schema.type().getName()));
        }
        switch (schema.type()) {
            case STRUCT -> {
                for (Map.Entry<String, JsonNode> field : payload.properties()) {
                    Field described = schema.field(field.getKey());
                    if (described == null) {
                        throw new IllegalArgumentException(
                                "the field %s is not in the schema of its record, which has %s"
                                        .formatted(field.getKey(), SchemaInference.names(schema)));
                    }
                    requireDescribed(pointer + JsonPointers.of(field.getKey()), field.getValue(), described.schema());
                }
            }
            case ARRAY -> {
                for (int i = 0; i < payload.size(); i++) {
                    requireDescribed(pointer + "/" + i, payload.get(i), schema.valueSchema());
                }
            }
            // A map with keys that are not strings is an array of pairs.
            case MAP -> {
                for (int i = 0; payload.isArray() && i < payload.size(); i++) {
                    requireDescribed(pointer + "/" + i + "/1", payload.get(i).path(1), schema.valueSchema());
                }
                payload.properties()
                        .forEach(each -> requireDescribed(
                                pointer + JsonPointers.of(each.getKey()), each.getValue(), schema.valueSchema()));
            }
            default -> {} // It has no fields.
        }
    }

    private static boolean isOfType(JsonNode value, Schema schema) {
        return switch (schema.type()) {
            case INT8 -> isInteger(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> isInteger(value, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32 -> isInteger(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> isInteger(value, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT32 -> value.isNumber() && Float.isFinite(value.floatValue());
            case FLOAT64 -> value.isNumber() && Double.isFinite(value.doubleValue());
            case BOOLEAN -> value.isBoolean();
            case STRING -> value.isTextual();
            case BYTES -> value.isTextual() || (value.isNumber() && Decimal.LOGICAL_NAME.equals(schema.name()));
            case STRUCT -> value.isObject();
            case ARRAY -> value.isArray();
            case MAP -> value.isContainerNode();
        };
    }

    private static boolean isInteger(JsonNode value, long least, long most) {
        if (!value.isNumber()) {
            return false;
        }
        BigDecimal number = value.decimalValue();
        return number.compareTo(BigDecimal.valueOf(least)) >= 0
                && number.compareTo(BigDecimal.valueOf(most)) <= 0
                && Decimals.isIntegral(number);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        try {
            SchemaAndValue described = schema == null ? SchemaInference.of(value) : new SchemaAndValue(schema, value);
            return super.fromConnectData(topic, described.schema(), described.value());
        } catch (DataException e) {
            throw new IllegalArgumentException("cannot be json-schema: " + e.getMessage(), e);
        }
    }
}
