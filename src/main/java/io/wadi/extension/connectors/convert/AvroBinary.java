package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.format.AvroToJson;
import io.wadi.format.JsonToAvro;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;

/**
 * Avro's single-object encoding: the fingerprint of the schema, then the record. Records of a listed older schema are resolved
 * by Avro's rules.
 */
final class AvroBinary implements Format {
    private final AvroToJson toJson;
    private final JsonToAvro fromJson;
    private final BinaryMessageEncoder<Object> encoder;
    private final BinaryMessageDecoder<Object> decoder;

    private AvroBinary(Schema schema) {
        toJson = new AvroToJson(schema);
        fromJson = new JsonToAvro(schema);
        encoder = new BinaryMessageEncoder<>(GenericData.get(), schema);
        decoder = new BinaryMessageDecoder<>(GenericData.get(), schema);
    }

    static AvroBinary of(String schemas) throws IOException {
        AvroBinary made = null;
        for (String each : Stream.of(schemas.split(",", -1)).map(String::strip).toList()) {
            Schema schema = parse(each);
            if (made == null) {
                made = new AvroBinary(schema);
            } else {
                made.decoder.addSchema(schema);
            }
        }
        return made;
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
    public Fields read(ByteBuffer bytes) {
        try {
            return Fields.of((ObjectNode) toJson.json(decoder.decode(bytes.duplicate())));
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException(
                    "not Avro of a known schema, in its single-object encoding: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] write(Fields fields) {
        try {
            ByteBuffer encoded = encoder.encode(fromJson.avro(fields.json()));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("cannot be Avro: " + e.getMessage(), e);
        }
    }
}
