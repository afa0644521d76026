package io.wadi.ingest.limits;

/** A lease with a limit that reports how much is held. */
public final class LimitedLease implements Lease {
    private final long limit;
    private long held;
    private long most;

    public LimitedLease(long limit) {
        this.limit = limit;
    }

    @Override
    public boolean grow(long bytes) {
        if (held + bytes > limit) {
            return false;
        }
        held += bytes;
        most = Math.max(most, held);
        return true;
    }

    @Override
    public void shrink(long bytes) {
        held -= bytes;
    }

    /** Returns the bytes held now. */
    public long held() {
        return held;
    }

    /** Returns the most bytes that were held at any time. */
    public long most() {
        return most;
    }
}
