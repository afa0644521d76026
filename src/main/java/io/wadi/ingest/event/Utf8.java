package io.wadi.ingest.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A check for well-formed UTF-8 (RFC 3629, section 4), without overlong forms, surrogates and code points beyond
 * U+10FFFF. Jackson accepts some of these in strings that are skipped.
 */
final class Utf8 {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /** Returns the index of the first malformed character; {@code to} if there is none. */
    static int firstMalformed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = afterAscii(bytes, at, to);
            if (at < to) {
                int length = length(bytes, at, to);
                if (length == 0) {
                    return at;
                }
                at += length;
            }
        }
        return to;
    }

    private static int afterAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at + Long.BYTES <= to && ((long) EIGHT.get(bytes, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Returns the length of the multi-byte character at this index; 0 if it is malformed. */
    private static int length(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xFF;
        int left = to - at;
        if (first < 0xC2 || first > 0xF4 || left < 2) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        if (first < 0xE0) {
            return isNext(second) ? 2 : 0;
        }
        if (first < 0xF0) {
            int least = first == 0xE0 ? 0xA0 : 0x80;
            int most = first == 0xED ? 0x9F : 0xBF;
            return left >= 3 && second >= least && second <= most && isNext(bytes[at + 2]) ? 3 : 0;
        }
        int least = first == 0xF0 ? 0x90 : 0x80;
        int most = first == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && second >= least && second <= most && isNext(bytes[at + 2]) && isNext(bytes[at + 3]) ? 4 : 0;
    }

    private static boolean isNext(int octet) {
        return (octet & 0xC0) == 0x80;
    }
}
