package io.wadi.extension.connectors.convert;

import java.io.IOException;
import java.nio.ByteBuffer;

/** How bytes and fields become each other. Thread-safe. */
public interface Format {
    /**
     * The fields of a record.
     *
     * @param bytes what remains in a buffer that has an array; stays as it is
     * @throws IllegalArgumentException where it is not in this format; the message says where and what
     */
    Fields read(ByteBuffer bytes);

    /**
     * The bytes of a record.
     *
     * @throws IllegalArgumentException where this format cannot hold these fields; the message says which
     */
    byte[] write(Fields fields);

    /**
     * Finds one by its name.
     *
     * @param name json, json-schema, avro or string
     * @param schema for avro: its schema's file, and after commas those of older records
     * @throws IllegalArgumentException where there is none of this name, or its schema cannot be read
     */
    static Format of(String name, String schema) {
        try {
            return switch (name) {
                case "json" -> new JsonText();
                case "json-schema" -> new ConnectJson();
                case "avro" -> AvroBinary.of(schema);
                case "string" -> new PlainText();
                default ->
                    throw new IllegalArgumentException(
                            "there is no format " + name + ", allowed: json, json-schema, avro and string");
            };
        } catch (IOException e) {
            throw new IllegalArgumentException("the schema " + schema + " cannot be read: " + e, e);
        }
    }
}
