package io.wadi.extension.connectors.convert;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A format of records: converts bytes to fields and back. Thread-safe. */
public interface Format {
    /**
     * Returns the fields of a record.
     *
     * @param bytes the remaining bytes of a buffer with an array; not changed
     * @throws IllegalArgumentException if the bytes are not in this format; the message has the position and the problem
     */
    Fields read(ByteBuffer bytes);

    /**
     * Returns the bytes of a record.
     *
     * @throws IllegalArgumentException if this format cannot represent a field; the message names it
     */
    byte[] write(Fields fields);

    /**
     * Returns a format by its name.
     *
     * @param name json, json-schema, avro or string
     * @param schema for avro: its schema's file, and after commas those of older records
     * @throws IllegalArgumentException if the name is unknown or the schema cannot be read
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
