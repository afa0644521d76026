package io.wadi.ingest.json;

import java.util.Arrays;

/** The beginning of an event whose end has not come yet, up to a limit; of what is longer only that it is. */
final class Unfinished {
    private static final byte[] NONE = {};

    private final int limit;
    private byte[] bytes = NONE;
    private int length;
    private boolean tooLong;

    Unfinished(int limit) {
        this.limit = limit;
    }

    boolean isEmpty() {
        return length == 0 && !tooLong;
    }

    /** Whether more was appended than the limit. */
    boolean isTooLong() {
        return tooLong;
    }

    void append(byte[] more, int from, int to) {
        int added = to - from;
        if (tooLong || added > limit - length) {
            clear();
            tooLong = true;
            return;
        }
        int needed = length + added;
        if (needed > bytes.length) {
            // Most bodies come in one piece.
            bytes = Arrays.copyOf(bytes, length == 0 ? needed : (int) Math.min(limit, 2L * needed));
        }
        System.arraycopy(more, from, bytes, length, added);
        length = needed;
    }

    /** The bytes appended, from index 0 on; not when they were too many. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        tooLong = false;
    }
}
