package io.wadi.ingest.deduplication;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * A hash table of entries by their ids, outside the heap. The entries begin with the {@link #FIELDS} of this table. It
 * grows by one segment of buckets at a time (linear hashing), so that no addition rehashes the whole table: bucket b is
 * split into b and b + 2^n, for each segment in turn. Each bucket has a filter of its entries' hashes, so that the
 * search for an unknown id rarely reads an entry, which is seldom in the processor's cache. Not thread-safe.
 */
final class IdTable implements AutoCloseable {
    /** No entry. Other references to entries are their index + 1. */
    static final int NONE = 0;

    /** The size of the fields of an entry that belong to this table. */
    static final int FIELDS = Digest.BYTES + Integer.BYTES;

    private static final int ID = 0;
    /** The next entry of the same bucket. */
    private static final int NEXT = Digest.BYTES;

    /** The memory of a bucket: its first entry, and its filter. */
    static final int BUCKET = 2 * Integer.BYTES;
    /** A bit for each entry of a bucket, chosen by its hash; bits of removed entries may remain. */
    private static final int FILTER = Integer.BYTES;

    /** A random seed, so that clients cannot choose ids of the same bucket. */
    private static final long SEED = new SecureRandom().nextLong();

    private final OffHeapArray entries;
    private final OffHeapArray table = new OffHeapArray(BUCKET);
    private int buckets;
    /** The sum of loaded values, without which the compiler would omit the reads. */
    @SuppressWarnings("UnusedVariable")
    private int loaded;

    /** Creates an empty table of these entries. */
    IdTable(OffHeapArray entries) {
        this.entries = entries;
    }

    /** Returns the entry of an id, or {@link #NONE}. */
    int find(Digest id) {
        if (buckets == 0) {
            return NONE;
        }
        long hash = hash(id.low());
        int bucket = bucket(hash);
        if ((filter(bucket) & bit(hash)) == 0) {
            return NONE;
        }
        for (int entry = first(bucket); entry != NONE; entry = next(entry)) {
            ByteBuffer segment = entries.segment(entry - 1);
            int at = entries.position(entry - 1) + ID;
            if (segment.getLong(at) == id.high() && segment.getLong(at + Long.BYTES) == id.low()) {
                return entry;
            }
        }
        return NONE;
    }

    /**
     * Loads the bucket of an id into the processor's cache. If many are loaded in a loop, the processor reads them at the
     * same time; a search waits for its bucket.
     *
     * @return a value of the bucket. The caller adds the values up in a local variable: written to a field in each step,
     *     each read would begin after the one before
     */
    int load(Digest id) {
        return buckets > 0 ? filter(bucket(hash(id.low()))) : 0;
    }

    /** Adds an entry, which must not have an id of the table. */
    void add(int entry, Digest id) {
        ByteBuffer segment = entries.segment(entry - 1);
        int at = entries.position(entry - 1) + ID;
        segment.putLong(at, id.high());
        segment.putLong(at + Long.BYTES, id.low());
        link(entry, hash(id.low()));
    }

    /** Adds an entry that was removed before. */
    void restore(int entry) {
        link(entry, hash(entry));
    }

    void remove(int entry) {
        int bucket = bucket(hash(entry));
        int next = next(entry);
        int before = first(bucket);
        if (before == entry) {
            setFirst(bucket, next);
            if (next == NONE) {
                setFilter(bucket, 0);
            }
            return;
        }
        while (next(before) != entry) {
            before = next(before);
        }
        setNext(before, next);
    }

    /** Makes room for one more entry than {@code size}. */
    void grow(long size) {
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
            loadEntries(split);
            for (int bucket = split; bucket < split + OffHeapArray.LENGTH; bucket++) {
                int moved = first(bucket);
                clear(bucket);
                linkAll(moved);
            }
        }
    }

    /**
     * Reads two entries of each bucket of a segment in a loop, as {@link #load}; when they are linked again, each read
     * would wait for the one before.
     */
    private void loadEntries(int from) {
        int sum = 0;
        for (int depth = 0; depth < 2; depth++) {
            for (int bucket = from; bucket < from + OffHeapArray.LENGTH; bucket++) {
                int entry = first(bucket);
                if (entry != NONE && depth > 0) {
                    entry = next(entry);
                }
                if (entry != NONE) {
                    sum += next(entry);
                }
            }
        }
        loaded = sum;
    }

    /** Frees the buckets that {@code size} entries do not need. Keeps twice as many, so that it does not grow in turn. */
    void shrink(long size) {
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
            int next = next(moved);
            link(moved, hash(moved));
            moved = next;
        }
    }

    private void link(int entry, long hash) {
        int bucket = bucket(hash);
        setNext(entry, first(bucket));
        setFirst(bucket, entry);
        setFilter(bucket, filter(bucket) | bit(hash));
    }

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

    private int next(int entry) {
        return entries.segment(entry - 1).getInt(entries.position(entry - 1) + NEXT);
    }

    private void setNext(int entry, int next) {
        entries.segment(entry - 1).putInt(entries.position(entry - 1) + NEXT, next);
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

    /** Returns the size of the allocated memory, in bytes. */
    long bytes() {
        return table.bytes();
    }

    @Override
    public void close() {
        table.close();
        buckets = 0;
    }
}
