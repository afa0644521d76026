package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.json.JsonConverterConfig;

/**
 * A converter of Kafka Connect's JSON with an embedded schema, <code>{"schema":…,"payload":…}</code>. It rejects a
 * payload with fields that the schema does not have, which JsonConverter would drop. Values without a schema are
 * written with an inferred schema.
 */
final class EnvelopeJsonConverter extends JsonConverter {
    private static final String SCHEMA = "schema";
    private static final String PAYLOAD = "payload";

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
        SchemaAndValue read = described(topic, bytes);
        requireDescribed(payload, read.schema());
        return read;
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
    SchemaAndValue described(String topic, byte[] bytes) {
        try {
            return bytes.length > MAX_CACHED_BYTES
                    ? uncached.toConnectData(topic, bytes)
                    : super.toConnectData(topic, bytes);
        } catch (DataException e) {
            throw new IllegalArgumentException("not a record of its schema: " + e.getMessage(), e);
        }
    }

    private static void requireDescribed(JsonNode payload, Schema schema) {
        switch (schema.type()) {
            case STRUCT -> {
                for (Map.Entry<String, JsonNode> field : payload.properties()) {
                    Field described = schema.field(field.getKey());
                    if (described == null) {
                        throw new IllegalArgumentException(
                                "the field %s is not in the schema of its record, which has %s"
                                        .formatted(field.getKey(), SchemaInference.names(schema)));
                    }
                    requireDescribed(field.getValue(), described.schema());
                }
            }
            case ARRAY -> payload.forEach(each -> requireDescribed(each, schema.valueSchema()));
            // A map with keys that are not strings is an array of pairs.
            case MAP ->
                payload.forEach(
                        each -> requireDescribed(payload.isArray() ? each.path(1) : each, schema.valueSchema()));
            default -> {} // It has no fields.
        }
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
