package io.wadi.ingest.limits;

/**
 * The memory of one connection besides its requests: the incomplete head of a request, and responses that its client
 * has not read. It counts against the share of the client's address. Used on the connection's event loop.
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
     * Changes the charge to the bytes held now.
     *
     * @return false if there is no room: close the connection
     */
    public boolean holds(long bytes) {
        return closed || charge.tryTo(bytes);
    }

    /** Returns whether memory is scarce, so that clients have to make progress for what they hold. */
    public boolean isCrowded() {
        return pool.isCrowded();
    }

    /** Returns all that is charged; further calls have no effect. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            charge.close();
            share.disconnect();
        }
    }
}
