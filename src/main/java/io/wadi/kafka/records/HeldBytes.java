package io.wadi.kafka.records;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The approximate heap usage of records' keys and headers, which clients determine. */
public final class HeldBytes {
    private static final int PER_HEADER = 64;

    private HeldBytes() {}

    /**
     * Returns the approximate size of a key and of headers in bytes.
     *
     * @param key a byte array or null; anything else counts as empty
     */
    public static long of(Object key, Headers headers) {
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
