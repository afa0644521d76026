package io.wadi.ingest.limits;

import io.wadi.ingest.event.BodyException;

/** What one buffer or decoder holds of a request's {@link Lease}. Not thread-safe. */
public final class Charge implements AutoCloseable {
    /** The reason of a 503 for want of memory. */
    public static final String NO_ROOM = "as much is being worked on as may be";

    private final Lease lease;
    private long held;

    /** Begins with nothing. */
    public Charge(Lease lease) {
        this.lease = lease;
    }

    /**
     * Charges or returns the difference to what is held now.
     *
     * @param bytes what is to be held in all
     * @throws BodyException 503 if the lease cannot grow as far; what was held stays charged
     */
    public void to(long bytes) {
        if (!tryTo(bytes)) {
            throw BodyException.unavailable(NO_ROOM);
        }
    }

    /** As {@link #to}; returns false instead of throwing. */
    public boolean tryTo(long bytes) {
        if (bytes > held && !lease.grow(bytes - held)) {
            return false;
        }
        if (bytes < held) {
            lease.shrink(held - bytes);
        }
        held = bytes;
        return true;
    }

    /** Returns all that is held; may be called more than once. */
    @Override
    public void close() {
        tryTo(0);
    }
}
