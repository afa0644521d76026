package io.wadi.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A search in bytes that compares eight at a time. */
public final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Bytes() {}

    /** Returns the first index of a byte from {@code from} to before {@code to}; -1 if there is none. */
    public static int indexOf(byte[] bytes, int from, int to, byte searched) {
        long pattern = LOW_BITS * (searched & 0xFF);
        int i = from;
        // Four words at once, so that the processor prefetches the next bytes.
        while (i <= to - 4 * Long.BYTES
                && (found(bytes, i, pattern)
                                | found(bytes, i + Long.BYTES, pattern)
                                | found(bytes, i + 2 * Long.BYTES, pattern)
                                | found(bytes, i + 3 * Long.BYTES, pattern))
                        == 0) {
            i += 4 * Long.BYTES;
        }
        return indexOf(bytes, i, to, searched, searched);
    }

    /** Returns the first index of either of two bytes from {@code from} to before {@code to}; -1 if there is none. */
    public static int indexOf(byte[] bytes, int from, int to, byte first, byte second) {
        long pattern = LOW_BITS * (first & 0xFF);
        long secondPattern = LOW_BITS * (second & 0xFF);
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long found = found(bytes, i, pattern) | found(bytes, i, secondPattern);
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
     * Returns a word with its lowest set bit in the first of eight bytes that equals the pattern's bytes; 0 if none
     * does. See S. E. Anderson, Bit Twiddling Hacks, "Determine if a word has a zero byte".
     */
    private static long found(byte[] bytes, int at, long pattern) {
        long difference = (long) LONG.get(bytes, at) ^ pattern;
        return (difference - LOW_BITS) & ~difference & HIGH_BITS;
    }
}
