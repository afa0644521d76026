package io.wadi.ingest.deduplication;

import java.util.concurrent.atomic.AtomicLong;

/** The number of ids of all partitions of this process, and its limit. Thread-safe. */
final class IdLimit {
    private final long max;
    private final AtomicLong ids = new AtomicLong();

    IdLimit(long max) {
        this.max = max;
    }

    /** Adds an id. Returns false if there are as many as allowed. */
    boolean tryAdd() {
        if (ids.incrementAndGet() > max) {
            ids.decrementAndGet();
            return false;
        }
        return true;
    }

    void remove(long count) {
        ids.addAndGet(-count);
    }

    long ids() {
        return ids.get();
    }

    long max() {
        return max;
    }
}
