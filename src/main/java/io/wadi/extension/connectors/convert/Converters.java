package io.wadi.extension.connectors.convert;

import io.wadi.format.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * The converters of record values. They are thread-safe. They throw {@link IllegalArgumentException}, with the reason,
 * for bytes that are not in their format and for values that the format cannot represent.
 */
public final class Converters {
    private Converters() {}

    /**
     * Returns a converter by the name of its format.
     *
     * @param format json, json-schema, avro or string
     * @param schema for avro: the file of the schema, optionally followed by files of older schemas, separated by
     *     commas
     * @throws IllegalArgumentException if the name is unknown or a schema cannot be read
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
                                    "unknown format " + format + ": expected json, json-schema, avro or string");
                    };
            converter.configure(Map.of(), false);
            return converter;
        } catch (IOException e) {
            throw new IllegalArgumentException("the schema " + schema + " cannot be read: " + e, e);
        }
    }

    /** Kafka Connect's converter of strings, which rejects invalid ones, and can also write a record with one field. */
    private static final class TextConverter extends StringConverter {
        /** Rejects bytes that StringConverter would replace. */
        @Override
        public SchemaAndValue toConnectData(String topic, byte[] bytes) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                return new SchemaAndValue(Schema.OPTIONAL_STRING_SCHEMA, text);
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("not UTF-8, which string requires: " + e.getMessage(), e);
            }
        }

        /** Rejects unpaired surrogates, which StringConverter would replace by a question mark. */
        @Override
        public byte[] fromConnectData(String topic, Schema schema, Object value) {
            String text = ConnectToJson.only(schema, value);
            if (JsonText.unpairedSurrogate(text) >= 0) {
                throw new IllegalArgumentException("the value has " + JsonText.UNPAIRED_SURROGATE);
            }
            return super.fromConnectData(topic, null, text);
        }
    }
}
