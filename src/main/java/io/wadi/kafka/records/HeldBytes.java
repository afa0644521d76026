package io.wadi.kafka.records;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The approximate heap that records hold beside their values, which clients choose. */
public final class HeldBytes {
    private static final int PER_HEADER = 64;

    private HeldBytes() {}

    /**
     * Returns the bytes of a key and of headers.
     *
     * @param key bytes, or null
     */
    public static long of(Object key, Headers headers) {
        long bytes = length(key);
        for (Header each : headers) {
            bytes += PER_HEADER + each.key().length() + length(each.value());
        }
        return bytes;
    }

    /** Returns the length of an array of bytes; 0 for anything else. */
    public static long length(Object bytes) {
        return bytes instanceof byte[] array ? array.length : 0;
    }
}
