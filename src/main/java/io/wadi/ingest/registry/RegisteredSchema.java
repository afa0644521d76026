package io.wadi.ingest.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.format.AvroMismatch;
import io.wadi.format.JsonToAvro;
import io.wadi.ingest.event.JsonRules;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A version of an Avro schema in a registry. Thread-safe. */
public final class RegisteredSchema {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AVRO = "AVRO";
    private static final byte MAGIC = 0;
    /** Maximum size of an encoded value: fields with defaults may be longer in it than in the event. */
    static final int MAX_BYTES = 3 * JsonRules.MAX_TEXT;

    private final int version;
    private final int id;
    private final JsonToAvro values;
    private final GenericDatumWriter<Object> writer;

    private RegisteredSchema(int version, int id, Schema schema) {
        this.version = version;
        this.id = id;
        this.values = new JsonToAvro(schema);
        this.writer = new GenericDatumWriter<>(schema);
    }

    /**
     * Parses the responses of a {@link SchemaRegistry}: those for the referenced schemas, then that for the schema
     * itself.
     *
     * @throws IllegalArgumentException if one of them is not an Avro schema, or the last one has no id
     */
    static RegisteredSchema parse(byte[] answers) {
        try {
            Schema.Parser parser = new Schema.Parser();
            Schema schema = null;
            JsonNode last = null;
            for (JsonNode answer : JSON.readTree(answers)) {
                String type = answer.path("schemaType").asText(AVRO);
                if (!type.equals(AVRO)) {
                    throw new IllegalArgumentException("found a schema of type %s, expected AVRO".formatted(type));
                }
                schema = parser.parse(answer.path("schema").asText());
                last = answer;
            }
            if (last == null || !last.path("id").isInt()) {
                throw new IllegalArgumentException("the registry's response has no schema id");
            }
            return new RegisteredSchema(
                    last.path("version").asInt(), last.path("id").asInt(), schema);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("invalid Avro schema: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the registry's response is not JSON: " + e.getMessage(), e);
        }
    }

    /** Returns the version within its subject, starting at 1. */
    public int version() {
        return version;
    }

    /** Returns the schema id, by which consumers request the schema from the registry. */
    public int id() {
        return id;
    }

    /**
     * Encodes a value in the wire format of Confluent's serializers: a zero byte, the schema id as four bytes in
     * big-endian order, and the value in Avro's binary encoding.
     *
     * @throws AvroMismatch if the value does not match the schema, or has more than {@link #MAX_BYTES} bytes
     */
    byte[] encode(JsonNode value) {
        Object fitting = values.avro(value);
        ByteArrayOutputStream bytes = new LimitedBytes();
        try {
            DataOutputStream head = new DataOutputStream(bytes);
            head.writeByte(MAGIC);
            head.writeInt(id);
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            writer.write(fitting, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static final class LimitedBytes extends ByteArrayOutputStream {
        @Override
        public synchronized void write(int added) {
            requireSpace(1);
            super.write(added);
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            requireSpace(length);
            super.write(from, offset, length);
        }

        private void requireSpace(int added) {
            if (added > MAX_BYTES - count) {
                throw AvroMismatch.of("", "longer than %,d bytes in Avro".formatted(MAX_BYTES));
            }
        }
    }
}
