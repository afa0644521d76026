package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.records.RecordText;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;

/**
 * Converts consumed records to transformed sink records. Keys that are JSON objects become maps, or what their schema
 * describes if they have one, as values do; other keys become strings. Thread-safe.
 *
 * @param values the converter of values
 */
public record SinkConversion(Converter values, Transformations<SinkRecord> transformations) {
    private static final SimpleHeaderConverter HEADERS = new SimpleHeaderConverter();

    /**
     * Converts a record; the value of a tombstone stays null.
     *
     * @return null if a transformation drops the record
     * @throws IllegalArgumentException if the record cannot be converted or transformed; the message has the reason
     */
    public SinkRecord convert(ConsumerRecord<byte[], ByteBuffer> consumed) {
        SchemaAndValue key = key(consumed.topic(), consumed.key());
        SchemaAndValue value = consumed.value() == null
                ? SchemaAndValue.NULL
                : values.toConnectData(
                        consumed.topic(), Utils.toArray(consumed.value().duplicate()));
        ConnectHeaders headers = new ConnectHeaders();
        if (!transformations.isEmpty()) {
            consumed.headers()
                    .forEach(header -> headers.add(
                            header.key(), HEADERS.toConnectHeader(consumed.topic(), header.key(), header.value())));
        }
        return transformations.apply(new SinkRecord(
                consumed.topic(),
                consumed.partition(),
                key.schema(),
                key.value(),
                value.schema(),
                value.value(),
                consumed.offset(),
                consumed.timestamp(),
                consumed.timestampType(),
                headers));
    }

    private SchemaAndValue key(String topic, byte[] key) {
        if (key == null) {
            return SchemaAndValue.NULL;
        }
        SchemaAndValue text = new SchemaAndValue(Schema.STRING_SCHEMA, RecordText.text(key));
        try {
            if (key.length == 0 || key[0] != '{') {
                return text;
            }
            JsonNode json = Json.tree(key);
            return values instanceof EnvelopeJsonConverter envelope && EnvelopeJsonConverter.isEnvelope(json)
                    ? envelope.described(topic, key, json.path(EnvelopeJsonConverter.PAYLOAD))
                    : new SchemaAndValue(null, Json.withoutSchema(json));
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
