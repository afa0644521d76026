package io.wadi.ingest.limits;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client holds of the {@link InFlight} pool: requests, connections and bytes. A client may hold at most
 * {@value #FACTOR} times what is still free of the pool, or a small minimum, so that however many clients take all they can get,
 * something is left for the next one: the dynamic threshold of Choudhury and Hahne ("Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6(2), 1998). One client alone gets two thirds of the pool.
 * Thread-safe.
 */
public final class ClientShare implements Lease {
    /** The threshold's factor alpha. */
    static final int FACTOR = 2;
    /** Requests, and likewise connections, that a client may always have while there is room. */
    static final int LEAST = 64;

    private final InFlight pool;
    private final Object client;
    private final boolean hasKey;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    /** Requests and connections that refer to this share; with none it is out of use, for good. */
    private final AtomicInteger users = new AtomicInteger(1);

    ClientShare(InFlight pool, Object client, boolean hasKey) {
        this.pool = pool;
        this.client = client;
        this.hasKey = hasKey;
    }

    Object client() {
        return client;
    }

    /** Counts one more request or connection that refers to this share; false where it is out of use. */
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

    /** Counts one less, which has returned all that it held; true after the last. */
    boolean endUse() {
        return users.decrementAndGet() == 0;
    }

    /** Takes a request and bytes for it; takes nothing and returns false if the share or the pool has no room. */
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

    /** Returns a request and all bytes held for it; the caller no longer refers to this share. */
    public void leave(long held) {
        requests.decrementAndGet();
        bytes.addAndGet(-held);
        pool.leave(held);
        pool.release(this);
    }

    private static long threshold(int free) {
        return Math.max(LEAST, (long) FACTOR * free);
    }

    /** Whether the client may have one more connection while so many are free. */
    boolean mayConnect(int free) {
        return connections.get() < threshold(free);
    }

    /** Counts a connection if the client may have one more while so many are free. */
    public boolean connect(int free) {
        if (connections.incrementAndGet() > threshold(free)) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Counts a connection less; the caller no longer refers to this share. */
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
