package io.wadi.ingest.limits;

/**
 * A window in bytes for the events of one request that are in flight to Kafka. The window grows in steps up to a limit,
 * for which it charges the request's lease; it returns the charged bytes when nothing is in flight. The bytes in flight
 * exceed the window by at most one event. Not thread-safe.
 */
public final class SendWindow {
    /** The step in bytes by which the window grows. */
    static final long STEP = 64 << 10;

    private final long initial;
    private final long max;
    private final Lease lease;
    private long size;
    private long inFlight;

    /**
     * Creates a window with nothing in flight.
     *
     * @param initial initial size in bytes, which is charged already
     * @param max maximum size in bytes
     * @param lease charged for growth beyond the initial size
     */
    public SendWindow(long initial, long max, Lease lease) {
        this.initial = initial;
        this.size = initial;
        this.max = max;
        this.lease = lease;
    }

    /** Returns whether another event may be sent; always true if none is in flight. May enlarge the window. */
    public boolean isOpen() {
        if (inFlight == 0 || inFlight < size) {
            return true;
        }
        long step = Math.min(STEP, max - size);
        if (step > 0 && lease.tryGrow(step)) {
            size += step;
            return true;
        }
        return false;
    }

    /** Adds bytes in flight. */
    public void sent(long bytes) {
        inFlight += bytes;
    }

    /** Removes bytes that were acknowledged or failed. */
    public void answered(long bytes) {
        inFlight -= bytes;
        if (inFlight == 0 && size > initial) {
            lease.shrink(size - initial);
            size = initial;
        }
    }
}
