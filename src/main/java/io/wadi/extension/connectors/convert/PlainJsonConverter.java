package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * A converter of records that are one JSON object each. Unlike Kafka Connect's JsonConverter without schemas, it keeps
 * all digits of numbers and writes dates and times as ISO-8601 strings.
 */
final class PlainJsonConverter implements Converter {
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // has no settings
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] bytes) {
        JsonNode json = Json.tree(bytes);
        if (!json.isObject()) {
            throw new IllegalArgumentException("found another JSON value, expected a JSON object");
        }
        return new SchemaAndValue(null, Json.withoutSchema(json));
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        return Json.bytes(ConnectToJson.object(schema, value));
    }
}
