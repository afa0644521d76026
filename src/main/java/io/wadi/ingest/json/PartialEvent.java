package io.wadi.ingest.json;

import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;

/** A buffer for the start of an incomplete event. Beyond its limit it only records that the event is too long. */
final class PartialEvent {
    private static final byte[] NONE = {};
    /** Maximum size of an array that is reused for the next event. */
    private static final int MAX_REUSED_BYTES = 1 << 16;

    private final int limit;
    private final Charge charge;
    private byte[] bytes = NONE;
    private int length;
    private boolean tooLong;

    PartialEvent(int limit, Lease lease) {
        this.limit = limit;
        this.charge = new Charge(lease);
    }

    boolean isEmpty() {
        return length == 0 && !tooLong;
    }

    /** Returns whether more bytes were appended than the limit allows. */
    boolean isTooLong() {
        return tooLong;
    }

    /**
     * Appends bytes.
     *
     * @throws io.wadi.ingest.event.RequestException 503 if memory is exhausted
     */
    void append(byte[] more, int from, int to) {
        int added = to - from;
        if (tooLong || added > limit - length) {
            clear();
            tooLong = true;
            return;
        }
        int needed = length + added;
        if (needed > bytes.length) {
            // Most events are complete after one more piece, so that the first array is not larger than needed.
            int capacity = length == 0 ? needed : (int) Math.min(limit, 2L * needed);
            charge.to(capacity);
            bytes = Arrays.copyOf(bytes, capacity);
        }
        System.arraycopy(more, from, bytes, length, added);
        length = needed;
    }

    /** Returns the array with the appended bytes, from index 0; undefined if the event is too long. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        tooLong = false;
        if (bytes.length > MAX_REUSED_BYTES) {
            close();
        }
    }

    /** Frees the array; bytes may be appended afterwards. */
    void close() {
        bytes = NONE;
        charge.close();
    }
}
