package io.wadi.extension.connectors.convert;

import io.wadi.format.AvroToJson;
import io.wadi.format.JsonToAvro;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * Avro's single-object encoding: the fingerprint of the schema, then the record. Records of a listed older schema are resolved
 * by Avro's rules. Connect's side has no schema.
 */
final class AvroConverter implements Converter {
    private final AvroToJson toJson;
    private final JsonToAvro fromJson;
    private final BinaryMessageEncoder<Object> encoder;
    private final BinaryMessageDecoder<Object> decoder;

    private AvroConverter(Schema schema) {
        toJson = new AvroToJson(schema);
        fromJson = new JsonToAvro(schema);
        encoder = new BinaryMessageEncoder<>(GenericData.get(), schema);
        decoder = new BinaryMessageDecoder<>(GenericData.get(), schema);
    }

    static AvroConverter of(String schemas) throws IOException {
        AvroConverter converter = null;
        for (String each : Stream.of(schemas.split(",", -1)).map(String::strip).toList()) {
            Schema schema = parse(each);
            if (converter == null) {
                converter = new AvroConverter(schema);
            } else {
                converter.decoder.addSchema(schema);
            }
        }
        return converter;
    }

    private static Schema parse(String file) throws IOException {
        if (file.isEmpty()) {
            throw new IllegalArgumentException("avro needs a schema: a file such as schemas/orders.avsc");
        }
        try {
            Schema schema = new Schema.Parser().parse(Files.readString(Path.of(file)));
            if (schema.getType() != Schema.Type.RECORD) {
                throw new IllegalArgumentException(
                        "the schema " + file + " is of " + schema.getType() + ", allowed is a record");
            }
            return schema;
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("the schema " + file + " is none: " + e.getMessage(), e);
        }
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // has no settings
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] bytes) {
        try {
            return new SchemaAndValue(null, Json.withoutSchema(toJson.json(decoder.decode(ByteBuffer.wrap(bytes)))));
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException(
                    "not Avro of a known schema, in its single-object encoding: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] fromConnectData(String topic, org.apache.kafka.connect.data.Schema schema, Object value) {
        try {
            return Utils.toArray(encoder.encode(fromJson.avro(ConnectToJson.object(schema, value))));
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("cannot be Avro: " + e.getMessage(), e);
        }
    }
}
