package io.wadi.ingest.deduplication;

import io.wadi.ingest.limits.ClientShare;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the ids of all partitions of this process and limits them: in total, and per sender to {@link
 * ClientShare#FACTOR} times the number of free ids, as for requests in flight. So some ids are always free for another
 * sender; a single sender can have two thirds of the total. Senders are distinguished by 16 bits of their hash.
 * Thread-safe.
 */
final class IdLimit {
    private static final int SENDERS = 1 << 16;

    private final long max;
    private final long maxRestored;
    private final AtomicLong ids = new AtomicLong();
    /** The number of ids of each sender. */
    private final AtomicIntegerArray own = new AtomicIntegerArray(SENDERS);

    /**
     * Creates a limit without ids.
     *
     * @param max maximum number of ids, for adding new ones
     * @param maxRestored maximum number of ids, for restoring those that were added before; without a limit per sender,
     *     because this process may have taken over partitions of several others
     */
    IdLimit(long max, long maxRestored) {
        this.max = max;
        this.maxRestored = maxRestored;
    }

    /** Adds a new id of a sender. Returns false if the limit of the sender or of all senders is reached. */
    boolean tryAdd(int sender) {
        long all = ids.incrementAndGet();
        int ofSender = own.incrementAndGet(bits(sender));
        if (all > max || ofSender > ClientShare.FACTOR * (max - all)) {
            remove(sender);
            return false;
        }
        return true;
    }

    /** Adds a restored id of a sender. Returns false if {@link #maxRestored} is reached. */
    boolean tryRestore(int sender) {
        own.incrementAndGet(bits(sender));
        if (ids.incrementAndGet() > maxRestored) {
            remove(sender);
            return false;
        }
        return true;
    }

    void remove(int sender) {
        own.decrementAndGet(bits(sender));
        ids.decrementAndGet();
    }

    /** Returns the 16 bits of a sender's hash that the limit distinguishes; those bits themselves are unchanged. */
    static int bits(int sender) {
        return (sender ^ sender >>> 16) & (SENDERS - 1);
    }

    /** Returns whether the limit of all senders is reached. */
    boolean isFull() {
        return ids.get() >= max;
    }

    long ids() {
        return ids.get();
    }

    /** Returns the number of ids of a sender. */
    int ids(int sender) {
        return own.get(bits(sender));
    }

    long max() {
        return max;
    }

    /** Returns the maximum number of ids up to which ids are restored. */
    long maxRestored() {
        return maxRestored;
    }
}
