package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.Fields;
import java.time.Instant;
import java.util.Map;

/** One record that is to be. */
public final class Item {
    private final byte[] key;
    private final Fields value;
    private final byte[] raw;
    private final Instant time;
    private final Map<String, String> headers;
    private final IllegalArgumentException refusal;

    private Item(
            byte[] key,
            Fields value,
            byte[] raw,
            Instant time,
            Map<String, String> headers,
            IllegalArgumentException refusal) {
        this.key = key;
        this.value = value;
        this.raw = raw;
        this.time = time;
        this.headers = headers;
        this.refusal = refusal;
    }

    /** Fields, of something that has no bytes. */
    public static Item ofFields(byte[] key, Fields value, Instant time) {
        return new Item(key, value, null, time, Map.of(), null);
    }

    /**
     * Bytes.
     *
     * @param value the fields that they are; null where they are to be the record's value as they came
     */
    public static Item ofBytes(byte[] raw, Fields value, Instant time, Map<String, String> headers) {
        return new Item(null, value, raw, time, headers, null);
    }

    /** Bytes that cannot be a record, and why. */
    public static Item refused(
            byte[] raw, Instant time, Map<String, String> headers, IllegalArgumentException refusal) {
        return new Item(null, null, raw, time, headers, refusal);
    }

    /** Its key; null for none. */
    byte[] key() {
        return key;
    }

    /** Its fields; null where it is to be as it came, or cannot be. */
    Fields value() {
        return value;
    }

    /** As it came; null where its fields are all there is. */
    public byte[] raw() {
        return raw;
    }

    /** When it was read, or came to be. */
    Instant time() {
        return time;
    }

    /** Texts beside it. */
    Map<String, String> headers() {
        return headers;
    }

    /** Why it cannot be a record; null where it can. */
    public IllegalArgumentException refusal() {
        return refusal;
    }
}
