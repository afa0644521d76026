package io.wadi.ingest.json;

import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;

/** The beginning of an event whose end has not come yet, up to a limit; of what is longer only that it is. */
final class PartialEvent {
    private static final byte[] NONE = {};
    /** A buffer up to this size is kept for the next event. */
    private static final int KEPT = 1 << 16;

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
     * @throws io.wadi.ingest.event.BodyException 503 if the lease has no room for them
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
        if (bytes.length > KEPT) {
            close();
        }
    }

    /** Frees the buffer; more may be appended afterwards. */
    void close() {
        bytes = NONE;
        charge.close();
    }
}
