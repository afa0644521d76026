package io.wadi.extension.connectors.convert;

import io.wadi.format.AvroToJson;
import io.wadi.format.JsonToAvro;
import io.wadi.runtime.config.FileText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * A converter of Avro's single-object encoding: the fingerprint of the schema, then the record. Records of the listed
 * older schemas are resolved to the first schema by Avro's rules. Data on Kafka Connect's side has no schema.
 */
final class AvroConverter implements Converter {
    private static final int HEADER_BYTES = 10;
    /** The bytes C3 01, read in little-endian order. */
    private static final short MARKER = 0x01C3;

    private final Schema schema;
    private final AvroToJson toJson;
    private final JsonToAvro fromJson;
    private final BinaryMessageEncoder<Object> encoder;
    /** The readers by the fingerprint of the writer's schema. */
    private final Map<Long, DatumReader<?>> readers = new HashMap<>();

    private AvroConverter(Schema schema) {
        this.schema = schema;
        toJson = new AvroToJson(schema);
        fromJson = new JsonToAvro(schema);
        encoder = new BinaryMessageEncoder<>(GenericData.get(), schema);
    }

    private void add(Schema writer) {
        readers.put(
                SchemaNormalization.parsingFingerprint64(writer),
                GenericData.get().createDatumReader(writer, schema));
    }

    static AvroConverter of(String schemas) throws IOException {
        AvroConverter converter = null;
        for (String each : Stream.of(schemas.split(",", -1)).map(String::strip).toList()) {
            Schema schema = parse(each);
            if (converter == null) {
                converter = new AvroConverter(schema);
            }
            converter.add(schema);
        }
        return converter;
    }

    private static Schema parse(String file) throws IOException {
        if (file.isEmpty()) {
            throw new IllegalArgumentException("avro needs a schema: a file such as schemas/orders.avsc");
        }
        try {
            String json = FileText.of("the schema " + file, Files.readAllBytes(Path.of(file)));
            Schema schema = new Schema.Parser().parse(json);
            if (schema.getType() != Schema.Type.RECORD) {
                throw new IllegalArgumentException(
                        "the schema " + file + " is of type " + schema.getType() + ", expected a record");
            }
            return schema;
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("the schema " + file + " is invalid: " + e.getMessage(), e);
        }
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // has no settings
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] bytes) {
        try {
            return new SchemaAndValue(null, Json.withoutSchema(toJson.json(decoded(bytes))));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new IllegalArgumentException(
                    "not Avro of a known schema, in its single-object encoding: "
                            + (e.getMessage() == null ? e : e.getMessage()),
                    e);
        }
    }

    /** Decodes a record. Unlike Avro's BinaryMessageDecoder, checks declared lengths against the remaining bytes. */
    private Object decoded(byte[] bytes) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_BYTES || header.getShort() != MARKER) {
            throw new IllegalArgumentException("found other first bytes, expected C3 01 and a fingerprint of 8 bytes");
        }
        long fingerprint = header.getLong();
        DatumReader<?> reader = readers.get(fingerprint);
        if (reader == null) {
            throw new IllegalArgumentException(
                    "found the fingerprint %016x, which no listed schema has".formatted(fingerprint));
        }
        BinaryDecoder body = DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
        Object record = reader.read(null, body);
        if (!body.isEnd()) {
            throw new IllegalArgumentException("found bytes after the record, expected its end");
        }
        return record;
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
