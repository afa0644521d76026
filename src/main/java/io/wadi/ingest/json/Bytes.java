package io.wadi.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Searching in bytes, eight at a time. */
final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Bytes() {}

    /** The first index of a byte from one index to before another; -1 for none. */
    static int indexOf(byte[] bytes, int from, int to, byte first) {
        return indexOf(bytes, from, to, first, first);
    }

    /** The first index of one byte or another from one index to before another; -1 for none. */
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
     * A word with its lowest set bit in the lowest byte that is zero, or no bit if none is: the test of S. E. Anderson's
     * Bit Twiddling Hacks ("Determine if a word has a zero byte").
     */
    private static long zeros(long word) {
        return (word - LOW_BITS) & ~word & HIGH_BITS;
    }
}
