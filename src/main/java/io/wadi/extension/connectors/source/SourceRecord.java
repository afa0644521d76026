package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.Fields;
import java.time.Instant;
import java.util.Map;

/** One record that is to be. */
public final class SourceRecord {
    private final byte[] key;
    private final Fields value;
    private final byte[] raw;
    private final Instant time;
    private final Map<String, String> headers;
    private final IllegalArgumentException refusal;

    private SourceRecord(
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
    public static SourceRecord ofFields(byte[] key, Fields value, Instant time) {
        return new SourceRecord(key, value, null, time, Map.of(), null);
    }

    /**
     * Bytes.
     *
     * @param value the fields that they are; null where they are to be the record's value as they came
     */
    public static SourceRecord ofBytes(byte[] raw, Fields value, Instant time, Map<String, String> headers) {
        return new SourceRecord(null, value, raw, time, headers, null);
    }

    /** Bytes that cannot be a record, and why. */
    public static SourceRecord refused(
            byte[] raw, Instant time, Map<String, String> headers, IllegalArgumentException refusal) {
        return new SourceRecord(null, null, raw, time, headers, refusal);
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
