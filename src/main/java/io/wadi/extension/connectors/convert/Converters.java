package io.wadi.extension.connectors.convert;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * The converters of record values. They are thread-safe, and throw {@link IllegalArgumentException} with the problem for bytes
 * that are not in their format and for values that it cannot represent.
 */
public final class Converters {
    private Converters() {}

    /**
     * Returns a converter by the name of its format.
     *
     * @param format json, json-schema, avro or string
     * @param schema for avro: the file of its schema, and after commas those of older records
     * @throws IllegalArgumentException if the name is unknown or the schema cannot be read
     */
    public static Converter of(String format, String schema) {
        try {
            Converter converter =
                    switch (format) {
                        case "json" -> new PlainJsonConverter();
                        case "json-schema" -> new EnvelopeJsonConverter();
                        case "avro" -> AvroConverter.of(schema);
                        case "string" -> new TextConverter();
                        default ->
                            throw new IllegalArgumentException(
                                    "there is no format " + format + ", allowed: json, json-schema, avro and string");
                    };
            converter.configure(Map.of(), false);
            return converter;
        } catch (IOException e) {
            throw new IllegalArgumentException("the schema " + schema + " cannot be read: " + e, e);
        }
    }

    /** Kafka Connect's converter of strings, which also writes a record with one field. */
    private static final class TextConverter extends StringConverter {
        @Override
        public byte[] fromConnectData(String topic, Schema schema, Object value) {
            return super.fromConnectData(topic, null, ConnectToJson.only(schema, value));
        }
    }
}
