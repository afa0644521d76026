package io.wadi.ingest.limits;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pool of requests in flight and of the bytes charged for them. Both have a limit, which is never exceeded.
 * Thread-safe.
 */
public final class InFlight {
    /**
     * Requests and bytes are in one number, so that one compare-and-set charges a request and its bytes, or neither.
     */
    private static final int BYTES_BITS = 44;

    private static final long ONE_REQUEST = 1L << BYTES_BITS;
    private static final long BYTES = ONE_REQUEST - 1;
    private static final int RESERVED_PART = 4;

    private final AtomicLong used = new AtomicLong();
    /** The shares of all clients with a request or connection. */
    private final ConcurrentHashMap<Object, ClientShare> shares = new ConcurrentHashMap<>();

    private final int maxRequests;
    private final long maxBytes;
    private final long leastShare;
    private final boolean hasReserve;

    /**
     * Creates an empty pool.
     *
     * @param maxRequests maximum number of requests, up to 500,000
     * @param maxBytes maximum number of bytes, up to 8 TiB
     * @param leastShare bytes that a client may use in any case while the pool is not full: enough for one event
     * @param hasReserve whether a quarter of the pool is reserved for clients with a key
     */
    public InFlight(int maxRequests, long maxBytes, long leastShare, boolean hasReserve) {
        if (maxRequests < 1 || maxRequests > 500_000 || maxBytes < 1 || maxBytes > ONE_REQUEST / 2) {
            throw new IllegalArgumentException("Invalid limits: " + maxRequests + " requests, " + maxBytes + " bytes");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
        this.leastShare = leastShare;
        this.hasReserve = hasReserve;
    }

    long leastShare() {
        return leastShare;
    }

    /** Returns the number of free bytes; negative if clients with a key use more than is free for others. */
    long freeBytes(boolean hasKey) {
        return limit(maxBytes, hasKey) - bytes();
    }

    /** Returns the number of free requests; negative if clients with a key use more than is free for others. */
    int freeRequests(boolean hasKey) {
        return (int) limit(maxRequests, hasKey) - requests();
    }

    /** Returns the number of clients with a request or connection. */
    int clients() {
        return shares.size();
    }

    private long limit(long most, boolean hasKey) {
        return hasReserve && !hasKey ? most - most / RESERVED_PART : most;
    }

    /**
     * Returns whether more than half of the bytes are charged. Clients must then make progress in proportion to the
     * memory they occupy.
     */
    public boolean isCrowded() {
        return bytes() > maxBytes / 2;
    }

    /** Returns the number of requests in flight. */
    public int requests() {
        return (int) (used.get() >>> BYTES_BITS);
    }

    /** Returns the bytes charged for the requests in flight. */
    public long bytes() {
        return used.get() & BYTES;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /**
     * Charges a client's request and its bytes.
     *
     * @param client the name of a key, or an address
     * @return the client's share, to which they are charged; null if the share or the pool is exhausted and nothing is
     *     charged
     */
    public ClientShare enter(Object client, boolean hasKey, long bytes) {
        ClientShare share = acquire(client, hasKey);
        if (share.enter(bytes)) {
            return share;
        }
        release(share);
        return null;
    }

    /** Returns a client's share, to be {@link #release released}. */
    public ClientShare acquire(Object client, boolean hasKey) {
        ClientShare known = shares.get(client);
        return known != null && known.tryUse()
                ? known
                : shares.compute(
                        client,
                        (key, there) -> there != null && there.tryUse() ? there : new ClientShare(this, key, hasKey));
    }

    public boolean mayConnect(Object client, int free) {
        ClientShare share = shares.get(client);
        return share == null || share.mayConnect(free);
    }

    public void release(ClientShare share) {
        if (share.endUse()) {
            shares.remove(share.client(), share);
        }
    }

    /** Charges requests and bytes for a client; charges nothing and returns false if the pool is exhausted. */
    boolean take(int requests, long bytes, boolean hasKey) {
        while (true) {
            long now = used.get();
            long next = now + requests * ONE_REQUEST + bytes;
            if ((next >>> BYTES_BITS) > limit(maxRequests, hasKey) || bytes > limit(maxBytes, hasKey) - (now & BYTES)) {
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
