package io.wadi.ingest.deduplication;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The first events of the ids of one partition of an inbox, outside the heap: a queue in the order of addition and a
 * hash table, {@value #BYTES} bytes per event. The table grows by one segment of buckets at a time (linear hashing), so
 * that no addition rehashes the whole table. Each bucket has a filter of its entries' hashes, so that the search for an
 * unknown id rarely reads an entry, which is seldom in the processor's cache. A replaced event occupies its memory and
 * counts against the limit until all events before it have expired. {@link #close} frees the memory and removes all
 * events from the limit. Not thread-safe.
 */
final class FirstEvents implements AutoCloseable {
    private static final int ENTRY = 56;
    /** The memory of an event: its entry and a bucket of the table. */
    static final int BYTES = ENTRY + Long.BYTES;

    /** A random seed, so that clients cannot choose ids of the same bucket. */
    private static final long SEED = new SecureRandom().nextLong();

    private static final int ID = 0;
    private static final int EVENT = 16;
    private static final int OFFSET = 32;
    /** The time in the upper 48 bits, the sender in the lower ones. */
    private static final int TIME_AND_SENDER = 40;

    private static final int PARTITION = 48;
    /** The next entry of the same bucket. */
    private static final int NEXT = 52;

    /** A bit for each entry of a bucket, chosen by its hash; bits of removed entries may remain. */
    private static final int FILTER = 4;

    /** The maximum of 48 bits with a sign, in the year 6429. */
    private static final long MAX_MS = (1L << 47) - 1;

    /** No entry. Other references to entries are their index + 1. */
    private static final int NONE = 0;
    /** The partition of an entry that was replaced. */
    private static final int REPLACED = -1;

    private final IdLimit limit;
    private final OffHeapArray entries = new OffHeapArray(ENTRY);
    /** The first entry of each bucket, and its filter. */
    private final OffHeapArray table = new OffHeapArray(Long.BYTES);
    /** The numbers of the segments of entries, oldest first. Numbers of removed segments are reused. */
    private final Deque<Integer> segments = new ArrayDeque<>();

    private int buckets;
    /** The index of the oldest entry in the first segment. */
    private int begin;
    /** The index after the newest entry in the last segment. */
    private int end = OffHeapArray.LENGTH;

    private long size;
    /** The result of {@link #load}, without which the compiler would omit its reads. */
    @SuppressWarnings("UnusedVariable")
    private int loaded;

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
                timeMs(segment.getLong(at + TIME_AND_SENDER)),
                new Digest(segment.getLong(at + EVENT), segment.getLong(at + EVENT + Long.BYTES)),
                sender(segment.getLong(at + TIME_AND_SENDER)));
    }

    private int entry(Digest id) {
        if (buckets == 0) {
            return NONE;
        }
        long hash = hash(id.low());
        int bucket = bucket(hash);
        if ((filter(bucket) & bit(hash)) == 0) {
            return NONE;
        }
        for (int entry = first(bucket); entry != NONE; entry = field(entry, NEXT)) {
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
        segment.putLong(at + TIME_AND_SENDER, timeAndSender(first));
        segment.putInt(at + PARTITION, first.partition());
        link(entry, hash(id.low()));
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
                if (timeMs(timeAndSender(oldest)) >= beforeMs) {
                    break;
                }
                unlink(oldest);
            }
            limit.remove(sender(timeAndSender(oldest)));
            removeOldest();
            removed++;
        }
    }

    private long timeAndSender(int entry) {
        return entries.segment(entry - 1).getLong(entries.position(entry - 1) + TIME_AND_SENDER);
    }

    private static long timeAndSender(First first) {
        long timeMs = Math.max(-MAX_MS, Math.min(MAX_MS, first.timeMs()));
        return timeMs << Short.SIZE | first.sender();
    }

    private static long timeMs(long timeAndSender) {
        return timeAndSender >> Short.SIZE;
    }

    private static int sender(long timeAndSender) {
        return (int) timeAndSender & 0xffff;
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

    // ---- the hash table (linear hashing): bucket b is split into b and b + 2^n, for each segment of buckets in turn

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

    private int filter(int bucket) {
        return table.segment(bucket).getInt(table.position(bucket) + FILTER);
    }

    private void setFilter(int bucket, int filter) {
        table.segment(bucket).putInt(table.position(bucket) + FILTER, filter);
    }

    private void clear(int bucket) {
        setFirst(bucket, NONE);
        setFilter(bucket, 0);
    }

    /** Returns the bit of a hash in the filter of its bucket. The bits that select the bucket are lower ones. */
    private static int bit(long hash) {
        return 1 << (hash >>> 59);
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

    private void link(int entry, long hash) {
        int bucket = bucket(hash);
        setField(entry, NEXT, first(bucket));
        setFirst(bucket, entry);
        setFilter(bucket, filter(bucket) | bit(hash));
    }

    private void unlink(int entry) {
        int bucket = bucket(hash(entry));
        int next = field(entry, NEXT);
        int before = first(bucket);
        if (before == entry) {
            setFirst(bucket, next);
            if (next == NONE) {
                setFilter(bucket, 0);
            }
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
        table.addSegment();
        int added = buckets;
        buckets += OffHeapArray.LENGTH;
        for (int bucket = added; bucket < buckets; bucket++) {
            clear(bucket);
        }
        if (added > 0) {
            int split = added - Integer.highestOneBit(added);
            load(split);
            for (int bucket = split; bucket < split + OffHeapArray.LENGTH; bucket++) {
                int moved = first(bucket);
                clear(bucket);
                linkAll(moved);
            }
        }
    }

    /**
     * Reads two entries of each bucket of a segment. In this loop the processor reads many at a time; when they are
     * linked again, each read would wait for the one before.
     */
    private void load(int from) {
        int sum = 0;
        for (int depth = 0; depth < 2; depth++) {
            for (int bucket = from; bucket < from + OffHeapArray.LENGTH; bucket++) {
                int entry = first(bucket);
                if (entry != NONE && depth > 0) {
                    entry = field(entry, NEXT);
                }
                if (entry != NONE) {
                    sum += field(entry, NEXT);
                }
            }
        }
        loaded = sum;
    }

    /** Keeps twice the necessary buckets, so that the table does not grow and shrink in turn. */
    private void shrink() {
        while (buckets > 0 && (size == 0 || buckets >= 2 * (size + OffHeapArray.LENGTH))) {
            buckets -= OffHeapArray.LENGTH;
            for (int bucket = buckets; bucket < buckets + OffHeapArray.LENGTH; bucket++) {
                linkAll(first(bucket));
            }
            table.removeSegment(buckets / OffHeapArray.LENGTH);
        }
    }

    /** Moves an entry and all that follow it in the same bucket to their current buckets. */
    private void linkAll(int entry) {
        int moved = entry;
        while (moved != NONE) {
            int next = field(moved, NEXT);
            link(moved, hash(moved));
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
                limit.remove(sender(timeAndSender(segment * OffHeapArray.LENGTH + index + 1)));
            }
        }
    }
}
