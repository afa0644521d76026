package io.wadi.ingest.json;

import java.util.function.Consumer;

/**
 * The fields of a record that a check extracts from an event: its key, and its value if it differs from the bytes sent.
 */
public final class ExtractedFields implements Consumer<byte[]> {
    private byte[] key;
    private byte[] value;

    /** Sets the key. */
    @Override
    public void accept(byte[] found) {
        key = found;
    }

    /** Sets the record's value, which replaces the JSON sent. */
    public void value(byte[] encoded) {
        value = encoded;
    }

    /** The key; null for none. */
    public byte[] key() {
        return key;
    }

    /** The value; null where it is what was sent. */
    public byte[] value() {
        return value;
    }

    void clear() {
        key = null;
        value = null;
    }
}
