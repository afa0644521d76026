package io.wadi.ingest.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that were taken and are not answered yet, and the bytes kept for them: both bounded, both exact at every moment,
 * from any number of threads.
 */
public final class InFlight {
    /** Both stand in one number, so that one change of it takes a request and its bytes, or neither. */
    private static final int BYTES_BITS = 44;

    private static final long ONE_REQUEST = 1L << BYTES_BITS;
    private static final long BYTES = ONE_REQUEST - 1;

    private final AtomicLong used = new AtomicLong();
    private final int maxRequests;
    private final long maxBytes;

    /**
     * Takes the limits.
     *
     * @param maxRequests up to 500,000
     * @param maxBytes up to 8 TiB
     */
    public InFlight(int maxRequests, long maxBytes) {
        if (maxRequests < 1 || maxRequests > 500_000 || maxBytes < 1 || maxBytes > BYTES / 2) {
            throw new IllegalArgumentException("Limits of " + maxRequests + " requests and " + maxBytes + " bytes");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /** The requests in flight. */
    public int requests() {
        return (int) (used.get() >>> BYTES_BITS);
    }

    /** The bytes kept for them. */
    public long bytes() {
        return used.get() & BYTES;
    }

    long maxBytes() {
        return maxBytes;
    }

    /** Takes a request and bytes for it; takes nothing and returns false where one of them has no room. */
    boolean enter(long bytes) {
        return take(1, bytes);
    }

    /** Takes more bytes for a request that was taken; takes none and returns false where there is no room. */
    boolean grow(long bytes) {
        return take(0, bytes);
    }

    private boolean take(int requests, long bytes) {
        while (true) {
            long now = used.get();
            long next = now + requests * ONE_REQUEST + bytes;
            if ((next >>> BYTES_BITS) > maxRequests || bytes > maxBytes - (now & BYTES)) {
                return false;
            }
            if (used.compareAndSet(now, next)) {
                return true;
            }
        }
    }

    void shrink(long bytes) {
        used.addAndGet(-bytes);
    }

    void leave(long bytes) {
        used.addAndGet(-ONE_REQUEST - bytes);
    }
}
