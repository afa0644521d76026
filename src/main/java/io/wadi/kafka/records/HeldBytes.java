package io.wadi.kafka.records;

import org.apache.kafka.common.header.Header;

/** The approximate heap usage of records' keys and headers, which clients determine. */
public final class HeldBytes {
    /**
     * The objects of a header in bytes, besides its name and value, as measured with kafka-clients 4.3: a {@code
     * RecordHeader} of 32 and its reference in a list. Until it is decoded, it has two buffers of 56 each; then a
     * string and two arrays, and all together 110.
     */
    public static final int PER_HEADER = 150;

    /**
     * The objects of a record in bytes, besides its headers and the contents of its key and value, measured likewise:
     * 152 for a {@code ConsumerRecord} with {@code RecordHeaders}, and up to 100 for the objects of key and value.
     */
    static final int PER_RECORD = 250;

    private HeldBytes() {}

    /**
     * Returns the approximate size of a key and of headers in bytes.
     *
     * @param key a byte array or null; anything else counts as empty
     */
    public static long of(Object key, Iterable<Header> headers) {
        long bytes = length(key);
        for (Header each : headers) {
            bytes += PER_HEADER + each.key().length() + length(each.value());
        }
        return bytes;
    }

    /** Returns the length of a byte array; 0 for anything else. */
    public static long length(Object bytes) {
        return bytes instanceof byte[] array ? array.length : 0;
    }
}
