package io.wadi.ingest.admission;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client holds of the {@link InFlight} pool: requests, connections and bytes. A client may hold at most
 * {@value #FACTOR} times what is still free of the pool, or a small minimum, so that however many clients take all they can get,
 * something is left for the next one: the dynamic threshold of Choudhury and Hahne ("Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6(2), 1998). One client alone gets two thirds of the pool.
 * Thread-safe.
 */
final class Share {
    /** The threshold's factor alpha. */
    static final int FACTOR = 2;
    /** Requests that a client may always have in flight while the pool has room. */
    static final int LEAST_REQUESTS = 64;

    private final InFlight pool;
    private final Object client;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    /** Requests and connections that refer to this share; guarded by its entry in the map. */
    private int users;

    Share(InFlight pool, Object client) {
        this.pool = pool;
        this.client = client;
    }

    Object client() {
        return client;
    }

    /** Counts one more request or connection that refers to this share; only within its entry of the map. */
    Share used() {
        users++;
        return this;
    }

    /** Counts one less; null after the last, as the map expects. */
    Share unused() {
        users--;
        return users == 0 ? null : this;
    }

    /** Takes a request and bytes for it; takes nothing and returns false if the share or the pool has no room. */
    boolean enter(long more) {
        if (requests.get() >= Math.max(LEAST_REQUESTS, (long) FACTOR * pool.freeRequests()) || !mayGrow(more)) {
            return false;
        }
        if (!pool.take(1, more)) {
            return false;
        }
        requests.incrementAndGet();
        bytes.addAndGet(more);
        return true;
    }

    /** Returns a request and all bytes held for it; the caller no longer refers to this share. */
    void leave(long held) {
        requests.decrementAndGet();
        bytes.addAndGet(-held);
        pool.leave(held);
        pool.release(this);
    }

    boolean grow(long more) {
        if (!mayGrow(more) || !pool.take(0, more)) {
            return false;
        }
        bytes.addAndGet(more);
        return true;
    }

    void shrink(long less) {
        bytes.addAndGet(-less);
        pool.shrink(less);
    }

    private boolean mayGrow(long more) {
        return bytes.get() + more <= Math.max(pool.leastShare(), FACTOR * (pool.freeBytes() - more));
    }
}
