package io.wadi.ingest.deduplication;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The first events of the ids of one partition of an inbox, outside the heap: a queue in the order of addition and a
 * hash table, {@value #BYTES} bytes per event. The table grows by one bucket with each event (linear hashing), so that
 * no addition rehashes the whole table. A replaced event occupies its memory and counts against the limit until all
 * events before it have expired. {@link #close} frees the memory and removes all events from the limit. Not
 * thread-safe.
 */
final class FirstEvents implements AutoCloseable {
    private static final int ENTRY = 60;
    /** The memory of an event: its entry and a bucket of the table. */
    static final int BYTES = ENTRY + Integer.BYTES;

    /** A random seed, so that clients cannot choose ids of the same bucket. */
    private static final long SEED = new SecureRandom().nextLong();

    private static final int ID = 0;
    private static final int EVENT = 16;
    private static final int OFFSET = 32;
    private static final int TIME = 40;
    private static final int PARTITION = 48;
    /** The next entry of the same bucket. */
    private static final int NEXT = 52;

    private static final int SENDER = 56;

    /** No entry. Other references to entries are their index + 1. */
    private static final int NONE = 0;
    /** The partition of an entry that was replaced. */
    private static final int REPLACED = -1;

    private final IdLimit limit;
    private final OffHeapArray entries = new OffHeapArray(ENTRY);
    /** The first entry of each bucket. */
    private final OffHeapArray table = new OffHeapArray(Integer.BYTES);
    /** The numbers of the segments of entries, oldest first. Numbers of removed segments are reused. */
    private final Deque<Integer> segments = new ArrayDeque<>();

    private int buckets;
    /** The index of the oldest entry in the first segment. */
    private int begin;
    /** The index after the newest entry in the last segment. */
    private int end = OffHeapArray.LENGTH;

    private long size;

    FirstEvents(IdLimit limit) {
        this.limit = limit;
    }

    /** Returns the first event of an id; null if the id is unknown. */
    First find(Digest id) {
        int entry = entry(id);
        if (entry == NONE) {
            return null;
        }
        ByteBuffer segment = entries.segment(entry - 1);
        int at = entries.position(entry - 1);
        return new First(
                segment.getInt(at + PARTITION),
                segment.getLong(at + OFFSET),
                segment.getLong(at + TIME),
                new Digest(segment.getLong(at + EVENT), segment.getLong(at + EVENT + Long.BYTES)),
                segment.getInt(at + SENDER));
    }

    private int entry(Digest id) {
        if (buckets == 0) {
            return NONE;
        }
        for (int entry = first(bucket(hash(id.low()))); entry != NONE; entry = field(entry, NEXT)) {
            ByteBuffer segment = entries.segment(entry - 1);
            int at = entries.position(entry - 1) + ID;
            if (segment.getLong(at) == id.high() && segment.getLong(at + Long.BYTES) == id.low()) {
                return entry;
            }
        }
        return NONE;
    }

    /**
     * Adds or replaces the first event of an id; {@link #size} grows by one in both cases. The caller has counted the
     * id against the limit before.
     */
    void put(Digest id, First first) {
        int replaced = entry(id);
        if (replaced != NONE) {
            unlink(replaced);
            setField(replaced, PARTITION, REPLACED);
        }
        grow();
        int entry = append();
        ByteBuffer segment = entries.segment(entry - 1);
        int at = entries.position(entry - 1);
        segment.putLong(at + ID, id.high());
        segment.putLong(at + ID + Long.BYTES, id.low());
        segment.putLong(at + EVENT, first.event().high());
        segment.putLong(at + EVENT + Long.BYTES, first.event().low());
        segment.putLong(at + OFFSET, first.offset());
        segment.putLong(at + TIME, first.timeMs());
        segment.putInt(at + PARTITION, first.partition());
        segment.putInt(at + SENDER, first.sender());
        link(entry, bucket(hash(id.low())));
    }

    private int append() {
        if (end == OffHeapArray.LENGTH) {
            segments.addLast(entries.addSegment());
            end = 0;
        }
        int index = segments.getLast() * OffHeapArray.LENGTH + end;
        end++;
        size++;
        return index + 1;
    }

    /**
     * Removes events that are older than a time, in the order of addition, up to the first one that is not.
     *
     * @param max maximum number of events to remove
     */
    void expire(long beforeMs, int max) {
        int removed = 0;
        while (size > 0 && removed < max) {
            int oldest = segments.getFirst() * OffHeapArray.LENGTH + begin + 1;
            if (field(oldest, PARTITION) != REPLACED) {
                if (timeMs(oldest) >= beforeMs) {
                    break;
                }
                unlink(oldest);
            }
            limit.remove(field(oldest, SENDER));
            removeOldest();
            removed++;
        }
    }

    private long timeMs(int entry) {
        return entries.segment(entry - 1).getLong(entries.position(entry - 1) + TIME);
    }

    private void removeOldest() {
        begin++;
        size--;
        if (begin == OffHeapArray.LENGTH || size == 0) {
            entries.removeSegment(segments.removeFirst());
            begin = 0;
            end = size == 0 ? OffHeapArray.LENGTH : end;
        }
        shrink();
    }

    /** Returns the number of events, including replaced events that have not expired. */
    long size() {
        return size;
    }

    /** Returns the size of the allocated memory outside the heap, in bytes. */
    long bytes() {
        return entries.bytes() + table.bytes();
    }

    // ---- the hash table (linear hashing): bucket b is split into b and b + 2^n, for each b in turn

    private int bucket(long hash) {
        int power = Integer.highestOneBit(buckets);
        int bucket = (int) (hash & (2L * power - 1));
        return bucket < buckets ? bucket : bucket - power;
    }

    private int first(int bucket) {
        return table.segment(bucket).getInt(table.position(bucket));
    }

    private void setFirst(int bucket, int entry) {
        table.segment(bucket).putInt(table.position(bucket), entry);
    }

    private int field(int entry, int field) {
        return entries.segment(entry - 1).getInt(entries.position(entry - 1) + field);
    }

    private void setField(int entry, int field, int value) {
        entries.segment(entry - 1).putInt(entries.position(entry - 1) + field, value);
    }

    private long hash(int entry) {
        return hash(entries.segment(entry - 1).getLong(entries.position(entry - 1) + ID + Long.BYTES));
    }

    /** The finalizer of MurmurHash3, 64 bits. */
    static long hash(long low) {
        long hash = low ^ SEED;
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    private void link(int entry, int bucket) {
        setField(entry, NEXT, first(bucket));
        setFirst(bucket, entry);
    }

    private void unlink(int entry) {
        int bucket = bucket(hash(entry));
        int next = field(entry, NEXT);
        int before = first(bucket);
        if (before == entry) {
            setFirst(bucket, next);
            return;
        }
        while (field(before, NEXT) != entry) {
            before = field(before, NEXT);
        }
        setField(before, NEXT, next);
    }

    private void grow() {
        if (buckets > size) {
            return;
        }
        if (buckets % OffHeapArray.LENGTH == 0) {
            table.addSegment();
        }
        int added = buckets;
        buckets++;
        setFirst(added, NONE);
        if (added > 0) {
            int split = added - Integer.highestOneBit(added);
            int moved = first(split);
            setFirst(split, NONE);
            linkAll(moved);
        }
    }

    private void shrink() {
        while (buckets > 0 && buckets >= 2 * size) {
            int last = buckets - 1;
            int moved = first(last);
            buckets--;
            linkAll(moved);
            if (last % OffHeapArray.LENGTH == 0) {
                table.removeSegment(last / OffHeapArray.LENGTH);
            }
        }
    }

    /** Moves an entry and all that follow it in the same bucket to their current buckets. */
    private void linkAll(int entry) {
        int moved = entry;
        while (moved != NONE) {
            int next = field(moved, NEXT);
            link(moved, bucket(hash(moved)));
            moved = next;
        }
    }

    @Override
    public void close() {
        removeFromLimit();
        entries.close();
        table.close();
        segments.clear();
        buckets = 0;
        begin = 0;
        end = OffHeapArray.LENGTH;
        size = 0;
    }

    private void removeFromLimit() {
        for (int segment : segments) {
            int from = segment == segments.getFirst() ? begin : 0;
            int to = segment == segments.getLast() ? end : OffHeapArray.LENGTH;
            for (int index = from; index < to; index++) {
                limit.remove(field(segment * OffHeapArray.LENGTH + index + 1, SENDER));
            }
        }
    }
}
