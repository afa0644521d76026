package io.wadi.ingest.limits;

/**
 * What one connection holds besides its requests: the head of a request that is still coming, and answers that its client has not
 * read. It counts against the share of the client's address. Used on the connection's event loop.
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
     * Charges what is held now, instead of what was held before.
     *
     * @return false if there is no room for it: the connection is to be closed
     */
    public boolean holds(long bytes) {
        return closed || charge.tryTo(bytes);
    }

    /** Whether memory is short, so that what is held has to be used. */
    public boolean isCrowded() {
        return pool.isCrowded();
    }

    /** Returns all that is held; may be called more than once. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            charge.close();
            share.disconnect();
        }
    }
}
