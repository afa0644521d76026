package io.wadi.ingest.limits;

/**
 * A byte window for the events of one request that are in flight to Kafka. The window grows in steps by charging the
 * request's lease, up to a limit, and returns what it has charged when nothing is in flight. The bytes in flight exceed
 * the window by one event at most. Not thread-safe.
 */
public final class SendWindow {
    /** The step in bytes by which the window grows. */
    static final long STEP = 64 << 10;

    private final long least;
    private final long most;
    private final Lease lease;
    private long room;
    private long open;

    /**
     * Creates a window with nothing in flight.
     *
     * @param room initial size in bytes, charged already
     * @param most maximum size in bytes
     * @param lease charged for growth beyond the initial size
     */
    public SendWindow(long room, long most, Lease lease) {
        this.least = room;
        this.room = room;
        this.most = most;
        this.lease = lease;
    }

    /** Returns whether one more event may be sent; always if none is in flight. */
    public boolean isOpen() {
        if (open == 0 || open < room) {
            return true;
        }
        long step = Math.min(STEP, most - room);
        if (step > 0 && lease.grow(step)) {
            room += step;
            return true;
        }
        return false;
    }

    /** Adds bytes in flight. */
    public void sent(long bytes) {
        open += bytes;
    }

    /** Removes bytes that were acknowledged or failed. */
    public void answered(long bytes) {
        open -= bytes;
        if (open == 0 && room > least) {
            lease.shrink(room - least);
            room = least;
        }
    }
}
