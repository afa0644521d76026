package io.wadi.ingest.json;

import java.util.function.Consumer;

/** What a check finds in an event besides problems: its record's key, and its value where that is another than what was sent. */
public final class Found implements Consumer<byte[]> {
    private byte[] key;
    private byte[] value;

    /** Takes the key. */
    @Override
    public void accept(byte[] found) {
        key = found;
    }

    /** Takes what stands in the record in the place of the JSON that was sent. */
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
