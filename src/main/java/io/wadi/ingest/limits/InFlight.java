package io.wadi.ingest.limits;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pool of admitted requests without a response, and of the bytes charged for them. Both are bounded and exact at
 * every moment. Thread-safe.
 */
public final class InFlight {
    /** Both are in one number, so that one compare-and-set charges a request and its bytes, or neither. */
    private static final int BYTES_BITS = 44;

    private static final long ONE_REQUEST = 1L << BYTES_BITS;
    private static final long BYTES = ONE_REQUEST - 1;
    private static final int RESERVED_PART = 4;

    private final AtomicLong used = new AtomicLong();
    /** The shares of all clients that hold anything: at most as many as requests and connections. */
    private final ConcurrentHashMap<Object, ClientShare> shares = new ConcurrentHashMap<>();

    private final int maxRequests;
    private final long maxBytes;
    private final long leastShare;
    private final boolean hasReserve;

    /**
     * Creates an empty pool.
     *
     * @param maxRequests up to 500,000
     * @param maxBytes up to 8 TiB
     * @param leastShare bytes that a client may hold while the pool has room, however little: enough for one event
     * @param hasReserve whether a quarter of the pool is reserved for clients with a key
     */
    public InFlight(int maxRequests, long maxBytes, long leastShare, boolean hasReserve) {
        if (maxRequests < 1 || maxRequests > 500_000 || maxBytes < 1 || maxBytes > BYTES / 2) {
            throw new IllegalArgumentException("Limits of " + maxRequests + " requests and " + maxBytes + " bytes");
        }
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
        this.leastShare = leastShare;
        this.hasReserve = hasReserve;
    }

    long leastShare() {
        return leastShare;
    }

    long freeBytes(boolean hasKey) {
        return Math.max(0, limit(maxBytes, hasKey) - bytes());
    }

    int freeRequests(boolean hasKey) {
        return (int) Math.max(0, limit(maxRequests, hasKey) - requests());
    }

    private long limit(long most, boolean hasKey) {
        return hasReserve && !hasKey ? most - most / RESERVED_PART : most;
    }

    /**
     * Returns whether more than half of the bytes are charged: from then on clients have to make progress for what they
     * hold.
     */
    public boolean isCrowded() {
        return bytes() > maxBytes / 2;
    }

    /** Returns the requests in flight. */
    public int requests() {
        return (int) (used.get() >>> BYTES_BITS);
    }

    /** Returns the bytes charged for them. */
    public long bytes() {
        return used.get() & BYTES;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /**
     * Charges a client's request and its bytes.
     *
     * @param client a key's name or an address
     * @return the client's share, which holds them; null if there is no room, and nothing is charged then
     */
    public ClientShare enter(Object client, boolean hasKey, long bytes) {
        ClientShare share = acquire(client, hasKey);
        if (share.enter(bytes)) {
            return share;
        }
        release(share);
        return null;
    }

    /** Returns the client's share, to be {@link #release released}. */
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

    /** Charges requests and bytes for a client, all or nothing; returns false if there is no room. */
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
