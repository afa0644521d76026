package io.wadi.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A search in bytes that compares eight at a time. */
final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Bytes() {}

    /** Returns the first index of a byte from {@code from} to before {@code to}; -1 if there is none. */
    static int indexOf(byte[] bytes, int from, int to, byte first) {
        return indexOf(bytes, from, to, first, first);
    }

    /** Returns the first index of either of two bytes from {@code from} to before {@code to}; -1 if there is none. */
    static int indexOf(byte[] bytes, int from, int to, byte first, byte second) {
        long pattern = LOW_BITS * (first & 0xFF);
        long secondPattern = LOW_BITS * (second & 0xFF);
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long word = (long) LONG.get(bytes, i);
            long found = zeros(word ^ pattern) | zeros(word ^ secondPattern);
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == first || bytes[i] == second) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Returns a word with its lowest set bit in the lowest zero byte of the argument; 0 if no byte is zero. See S. E.
     * Anderson, Bit Twiddling Hacks, "Determine if a word has a zero byte".
     */
    private static long zeros(long word) {
        return (word - LOW_BITS) & ~word & HIGH_BITS;
    }
}
