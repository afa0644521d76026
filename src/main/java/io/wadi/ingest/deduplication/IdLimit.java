package io.wadi.ingest.deduplication;

import io.wadi.ingest.limits.ClientShare;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of ids of all partitions of this process, and its limits: one for all, and for a sender {@link
 * ClientShare#FACTOR} times what is free, as for requests, so that room is left for the next sender however many take all
 * they can get. One sender alone gets two thirds. Senders are distinguished by 16 bits of their hash. Thread-safe.
 */
final class IdLimit {
    private static final int SENDERS = 1 << 16;

    private final long max;
    private final long maxRestored;
    private final AtomicLong ids = new AtomicLong();
    /** The ids of each sender. */
    private final AtomicIntegerArray own = new AtomicIntegerArray(SENDERS);

    /**
     * @param max maximum number of ids up to which new ones are added
     * @param maxRestored maximum number of ids up to which those that were added before are restored, with no limit for a
     *     sender: partitions of several processes may have come to this one
     */
    IdLimit(long max, long maxRestored) {
        this.max = max;
        this.maxRestored = maxRestored;
    }

    /** Adds a new id of a sender. Returns false if it or all have as many as allowed. */
    boolean tryAdd(int sender) {
        long all = ids.incrementAndGet();
        int ofSender = own.incrementAndGet(index(sender));
        if (all > max || ofSender > ClientShare.FACTOR * (max - all)) {
            remove(sender);
            return false;
        }
        return true;
    }

    /** Adds an id of a sender that was added before. Returns false if there are as many as memory allows. */
    boolean tryRestore(int sender) {
        own.incrementAndGet(index(sender));
        if (ids.incrementAndGet() > maxRestored) {
            remove(sender);
            return false;
        }
        return true;
    }

    void remove(int sender) {
        own.decrementAndGet(index(sender));
        ids.decrementAndGet();
    }

    private static int index(int sender) {
        return (sender ^ sender >>> 16) & (SENDERS - 1);
    }

    /** Returns whether there are as many as allowed. */
    boolean isFull() {
        return ids.get() >= max;
    }

    long ids() {
        return ids.get();
    }

    /** Returns the number of ids of a sender. */
    int ids(int sender) {
        return own.get(index(sender));
    }

    long max() {
        return max;
    }

    /** Returns the maximum number of ids that are restored. */
    long maxRestored() {
        return maxRestored;
    }
}
