package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.Fields;
import java.time.Instant;
import java.util.Map;

/** A record of a source, before its conversion. */
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

    /** Creates an invalid record with its cause. */
    public static SourceRecord refused(
            byte[] raw, Instant time, Map<String, String> headers, IllegalArgumentException refusal) {
        return new SourceRecord(null, null, raw, time, headers, refusal);
    }

    /** The key; null without one. */
    byte[] key() {
        return key;
    }

    /** The fields; null for a raw or invalid record. */
    Fields value() {
        return value;
    }

    /** The raw bytes; null for a record of fields. */
    public byte[] raw() {
        return raw;
    }

    /** The time of the record, or of the read. */
    Instant time() {
        return time;
    }

    /** The headers. */
    Map<String, String> headers() {
        return headers;
    }

    /** The cause of an invalid record; null for a valid one. */
    public IllegalArgumentException refusal() {
        return refusal;
    }
}
