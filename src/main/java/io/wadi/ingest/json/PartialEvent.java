package io.wadi.ingest.json;

import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;

/** The buffered start of an event that is incomplete, up to a limit; beyond it only the fact that it is too long. */
final class PartialEvent {
    private static final byte[] NONE = {};
    /** A buffer up to this size is kept for the next event. */
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

    /** Whether more was appended than the limit. */
    boolean isTooLong() {
        return tooLong;
    }

    /**
     * Appends bytes.
     *
     * @throws io.wadi.ingest.event.RequestException 503 if the lease has no room for them
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
            // Most bodies come in one piece.
            int capacity = length == 0 ? needed : (int) Math.min(limit, 2L * needed);
            charge.to(capacity);
            bytes = Arrays.copyOf(bytes, capacity);
        }
        System.arraycopy(more, from, bytes, length, added);
        length = needed;
    }

    /** Returns the bytes appended, from index 0; undefined if too long. */
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

    /** Frees the buffer; more may be appended afterwards. */
    void close() {
        bytes = NONE;
        charge.close();
    }
}
