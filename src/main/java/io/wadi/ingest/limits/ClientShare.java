package io.wadi.ingest.limits;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client's share of the {@link InFlight} pool: requests, connections and bytes. A client may hold at most {@value
 * #FACTOR} times what is free of the pool, or a small minimum, so that room is left for the next client however many
 * take all they can get: the dynamic threshold of Choudhury and Hahne ("Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6(2), 1998). One client alone gets two thirds of
 * the pool. Thread-safe.
 */
public final class ClientShare implements Lease {
    /** The threshold's factor alpha. */
    public static final int FACTOR = 2;
    /** The requests, and likewise connections, that a client may always have while the pool has room. */
    static final int LEAST = 64;

    private final InFlight pool;
    private final Object client;
    private final boolean hasKey;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    /** The requests and connections that refer to this share; at 0 it is retired for good. */
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

    /** Removes a reference that has returned all it held; returns true after the last. */
    boolean endUse() {
        return users.decrementAndGet() == 0;
    }

    /** Charges a request and its bytes; charges nothing and returns false if the share or the pool has no room. */
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

    /** Charges a request of the same client to another pool; null if there is no room in it, else to be left. */
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

    /** Returns whether the client may have one more connection while so many are free. */
    boolean mayConnect(int free) {
        return connections.get() < threshold(free);
    }

    /** Adds a connection if the client may have one more while so many are free. */
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
