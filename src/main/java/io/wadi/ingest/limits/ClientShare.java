package io.wadi.ingest.limits;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client's share of the {@link InFlight} pool: requests, connections and bytes. A client may use at most
 * {@value #FACTOR} times the free part of the pool, or a small minimum. So a part of the pool is always free for
 * another client, however many clients use their whole share; a single client can use two thirds of the pool. This is
 * the dynamic threshold of Choudhury and Hahne ("Dynamic Queue Length Thresholds for Shared-Memory Packet Switches",
 * IEEE/ACM Transactions on Networking 6(2), 1998). Thread-safe.
 */
public final class ClientShare implements Lease {
    /** The factor alpha of the threshold. */
    public static final int FACTOR = 2;
    /** The number of requests, and of connections, that a client may have in any case while the pool is not full. */
    static final int LEAST = 64;

    private final InFlight pool;
    private final Object client;
    private final boolean hasKey;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    /** The number of requests and connections that refer to this share; at 0 the share is retired for good. */
    private final AtomicInteger users = new AtomicInteger(1);

    ClientShare(InFlight pool, Object client, boolean hasKey) {
        this.pool = pool;
        this.client = client;
        this.hasKey = hasKey;
    }

    Object client() {
        return client;
    }

    /** Adds a reference; returns false if the share is retired. */
    boolean tryUse() {
        while (true) {
            int before = users.get();
            if (before == 0) {
                return false;
            }
            if (users.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    /** Removes a reference, which must have returned all its bytes; returns true for the last one. */
    boolean endUse() {
        return users.decrementAndGet() == 0;
    }

    /** Charges a request and its bytes; charges nothing and returns false if the share or the pool is exhausted. */
    boolean enter(long more) {
        if (requests.get() >= threshold(pool.freeRequests(hasKey)) || !mayGrow(more)) {
            return false;
        }
        if (!pool.take(1, more, hasKey)) {
            return false;
        }
        requests.incrementAndGet();
        bytes.addAndGet(more);
        return true;
    }

    /** Charges a request of the same client to another pool. Returns the share to be left; null if it is exhausted. */
    public ClientShare enter(InFlight other) {
        return other.enter(client, hasKey, 0);
    }

    /** Returns a request and all its bytes, and removes the reference. */
    public void leave(long held) {
        requests.decrementAndGet();
        bytes.addAndGet(-held);
        pool.leave(held);
        pool.release(this);
    }

    private static long threshold(int free) {
        return Math.max(LEAST, (long) FACTOR * free);
    }

    /** Returns whether the client may have another connection while {@code free} connections are free. */
    boolean mayConnect(int free) {
        return connections.get() < threshold(free);
    }

    /** Adds a connection; returns false if the client may not have another one while {@code free} are free. */
    public boolean connect(int free) {
        if (connections.incrementAndGet() > threshold(free)) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Removes a connection and its reference. */
    void disconnect() {
        connections.decrementAndGet();
        pool.release(this);
    }

    @Override
    public boolean grow(long more) {
        if (!mayGrow(more) || !pool.take(0, more, hasKey)) {
            return false;
        }
        bytes.addAndGet(more);
        return true;
    }

    @Override
    public void shrink(long less) {
        bytes.addAndGet(-less);
        pool.shrink(less);
    }

    private boolean mayGrow(long more) {
        return bytes.get() + more <= Math.max(pool.leastShare(), FACTOR * (pool.freeBytes(hasKey) - more));
    }
}
