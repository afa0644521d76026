package io.wadi.ingest.limits;

/**
 * The memory of one connection that is not charged to its requests, such as heads, queued parts of bodies, and
 * responses that the client has not read. It counts against the share of the client's address. Used on the connection's
 * event loop.
 */
public final class ConnectionLease implements AutoCloseable {
    private final InFlight pool;
    private final ClientShare share;
    private final Charge charge;
    private boolean closed;

    public ConnectionLease(InFlight pool, ClientShare share) {
        this.pool = pool;
        this.share = share;
        this.charge = new Charge(share);
    }

    /**
     * Changes the charge to the bytes that the connection occupies now.
     *
     * @return false if memory is exhausted: the caller closes the connection
     */
    public boolean holds(long bytes) {
        return closed || charge.tryTo(bytes);
    }

    /** Returns whether memory is scarce, so that clients must make progress in proportion to the memory they occupy. */
    public boolean isCrowded() {
        return pool.isCrowded();
    }

    /** Returns all charged bytes and removes the connection from the share; further calls have no effect. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            charge.close();
            share.disconnect();
        }
    }
}
