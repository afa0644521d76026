package io.wadi.ingest.deduplication;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** First events on the heap, about 200 bytes for an id. */
final class FirstEventsOnHeap implements FirstEvents {
    private final Map<Digest, First> firsts = new LinkedHashMap<>();

    @Override
    public First find(Digest id) {
        return firsts.get(id);
    }

    /** A replaced id moves to the end. */
    @Override
    public void put(Digest id, First first) {
        firsts.remove(id);
        firsts.put(id, first);
    }

    @Override
    public int expire(long beforeMs, int max) {
        int removed = 0;
        for (Iterator<First> oldest = firsts.values().iterator(); oldest.hasNext() && removed < max; removed++) {
            if (oldest.next().timeMs() >= beforeMs) {
                break;
            }
            oldest.remove();
        }
        return removed;
    }

    @Override
    public long size() {
        return firsts.size();
    }

    @Override
    public void close() {
        firsts.clear();
    }
}
