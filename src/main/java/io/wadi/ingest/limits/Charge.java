package io.wadi.ingest.limits;

import io.wadi.ingest.event.RequestException;

/** The memory that one buffer or decoder has charged to a request's {@link Lease}. Not thread-safe. */
public final class Charge implements AutoCloseable {
    /** The reason of the 503 response if memory is exhausted. */
    public static final String LIMIT_REACHED = "the limit of requests or bytes in flight is reached";

    private final Lease lease;
    private long held;

    public Charge(Lease lease) {
        this.lease = lease;
    }

    /**
     * Changes the charge.
     *
     * @param bytes the new total
     * @throws RequestException 503 if memory is exhausted; the charge is then unchanged
     */
    public void to(long bytes) {
        if (!tryTo(bytes)) {
            throw RequestException.unavailable(LIMIT_REACHED);
        }
    }

    /** Like {@link #to}, but returns false instead of throwing. */
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

    /** Returns all charged bytes; further calls have no effect. */
    @Override
    public void close() {
        tryTo(0);
    }
}
