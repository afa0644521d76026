package io.wadi.ingest.deduplication;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The first events of the ids of one partition of an inbox, in the order of their time, on the heap: an estimated 200
 * bytes for an id. Not thread-safe.
 */
final class FirstEvents {
    private final Map<Digest, First> firsts = new LinkedHashMap<>();

    /** Returns the first event of an id; null if it is unknown. */
    First find(Digest id) {
        return firsts.get(id);
    }

    /** Adds or replaces the first event of an id, which moves to the end. */
    void put(Digest id, First first) {
        firsts.remove(id);
        firsts.put(id, first);
    }

    /**
     * Removes the oldest ids if their first event is older than this time.
     *
     * @param max maximum number of removed ids
     * @return the number of removed ids
     */
    int expire(long beforeMs, int max) {
        int removed = 0;
        for (Iterator<First> oldest = firsts.values().iterator(); oldest.hasNext() && removed < max; removed++) {
            if (oldest.next().timeMs() >= beforeMs) {
                break;
            }
            oldest.remove();
        }
        return removed;
    }

    /** Returns the number of ids. */
    long size() {
        return firsts.size();
    }
}
