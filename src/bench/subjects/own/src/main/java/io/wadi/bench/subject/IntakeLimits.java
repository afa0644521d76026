package io.wadi.bench.subject;

import java.util.concurrent.atomic.AtomicLong;

/** Limits the requests and bytes in flight of all clients, the share of each client, and its rate. Thread-safe. */
final class IntakeLimits {
    private static final long REQUESTS = 10_000;
    private static final long BYTES = 64 << 20;
    /** A client can use up to this multiple of the free amount. */
    private static final int SHARE = 2;

    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** One client. */
    static final class Client {
        private static final double EVENTS_A_SECOND = 10_000_000;
        private static final double BURST = 10_000_000;

        private final AtomicLong bytes = new AtomicLong();
        private double tokens = BURST;
        private long refilledNanos = System.nanoTime();

        /** Takes tokens for events; returns false if there are too few. */
        synchronized boolean mayTake(int events) {
            long now = System.nanoTime();
            tokens = Math.min(BURST, tokens + (now - refilledNanos) * EVENTS_A_SECOND / 1e9);
            refilledNanos = now;
            if (tokens < events) {
                return false;
            }
            tokens -= events;
            return true;
        }
    }

    /** Adds a request; returns false if there are as many as allowed. */
    boolean enter() {
        if (requests.incrementAndGet() > REQUESTS) {
            requests.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Adds bytes of a request; returns false if all or the client have as many as allowed. */
    boolean grow(Client client, int more) {
        long all = bytes.addAndGet(more);
        long own = client.bytes.addAndGet(more);
        if (all > BYTES || own > SHARE * (BYTES - all)) {
            shrink(client, more);
            return false;
        }
        return true;
    }

    private void shrink(Client client, long less) {
        bytes.addAndGet(-less);
        client.bytes.addAndGet(-less);
    }

    /** Removes a request and its bytes. */
    void leave(Client client, long held) {
        requests.decrementAndGet();
        shrink(client, held);
    }
}
