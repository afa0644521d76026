package io.wadi.ingest.json;

import java.util.function.Consumer;

/**
 * The fields of a record that a check extracts from an event: the key, and the value if it differs from the event's
 * JSON.
 */
public final class ExtractedFields implements Consumer<byte[]> {
    private byte[] key;
    private byte[] value;

    @Override
    public void accept(byte[] found) {
        key = found;
    }

    /** Sets the record's value, which replaces the event's JSON. */
    public void value(byte[] encoded) {
        value = encoded;
    }

    /** Returns the key; null if there is none. */
    public byte[] key() {
        return key;
    }

    /** Returns the value; null if it is the event's JSON. */
    public byte[] value() {
        return value;
    }

    void clear() {
        key = null;
        value = null;
    }
}
