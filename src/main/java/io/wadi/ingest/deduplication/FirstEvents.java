package io.wadi.ingest.deduplication;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The first events of the ids of one partition of an inbox, outside the heap: a queue in the order of addition and a
 * hash table ({@link IdTable}), {@value #BYTES} bytes per event. Events are added before Kafka has stored them; then
 * they are either located or removed again. A replaced event occupies its memory and counts against the limit until all
 * events before it have expired. {@link #close} frees the memory and removes all events from the limit. Not
 * thread-safe.
 */
final class FirstEvents implements AutoCloseable {
    private static final int ENTRY = 56;
    /** The memory of an event: its entry and a bucket of the table. */
    static final int BYTES = ENTRY + IdTable.BUCKET;

    /** Negative ({@code ~partition}) if the entry was replaced. */
    private static final int PARTITION = IdTable.FIELDS;

    private static final int EVENT = PARTITION + Integer.BYTES;
    private static final int OFFSET = EVENT + Digest.BYTES;
    /** The time in the upper 48 bits, the sender in the lower ones. */
    private static final int TIME_AND_SENDER = OFFSET + Long.BYTES;

    /** The maximum of 48 bits with a sign, in the year 6429. */
    private static final long MAX_MS = (1L << 47) - 1;

    private final IdLimit limit;
    private final OffHeapArray entries = new OffHeapArray(ENTRY);
    private final IdTable table = new IdTable(entries);
    /** The numbers of the segments of entries, oldest first. Numbers of removed segments are reused. */
    private final Deque<Integer> segments = new ArrayDeque<>();

    /** The index of the oldest entry in the first segment. */
    private int begin;
    /** The index after the newest entry in the last segment. */
    private int end = OffHeapArray.LENGTH;

    private long size;
    /** The entries that are not located, in the order of addition, each followed by the one that it replaced. */
    private int[] unlocated = new int[2];

    private int unlocatedCount;

    FirstEvents(IdLimit limit) {
        this.limit = limit;
    }

    /** See {@link IdTable#load}. */
    int load(Digest id) {
        return table.load(id);
    }

    /** Returns the first event of an id; null if the id is unknown. */
    First find(Digest id) {
        int entry = table.find(id);
        if (entry == IdTable.NONE) {
            return null;
        }
        ByteBuffer segment = entries.segment(entry - 1);
        int at = entries.position(entry - 1);
        long timeAndSender = segment.getLong(at + TIME_AND_SENDER);
        return new First(
                segment.getInt(at + PARTITION),
                segment.getLong(at + OFFSET),
                timeMs(timeAndSender),
                new Digest(segment.getLong(at + EVENT), segment.getLong(at + EVENT + Long.BYTES)),
                sender(timeAndSender));
    }

    /**
     * Adds or replaces the first event of an id; {@link #size} grows by one in both cases. The caller has counted the
     * id against the limit before.
     */
    void put(Digest id, First first) {
        append(id, first);
    }

    /**
     * Adds or replaces the first event of an id, as {@link #put}, before Kafka has stored it.
     *
     * @return the event, with its index among those that are not located instead of an offset
     */
    First add(Digest id, long timeMs, Digest event, int sender) {
        First added = new First(First.UNLOCATED, unlocatedCount, timeMs, event, sender);
        int replaced = append(id, added);
        if (2 * unlocatedCount == unlocated.length) {
            unlocated = Arrays.copyOf(unlocated, 2 * unlocated.length);
        }
        unlocated[2 * unlocatedCount] = newest();
        unlocated[2 * unlocatedCount + 1] = replaced;
        unlocatedCount++;
        return added;
    }

    /** Sets the locations of all events that are not located, in the order of addition. */
    void locate(List<First> located) {
        for (int i = 0; i < unlocatedCount; i++) {
            int entry = unlocated[2 * i];
            int partition = located.get(i).partition();
            setPartition(entry, isReplaced(entry) ? ~partition : partition);
            entries.segment(entry - 1)
                    .putLong(
                            entries.position(entry - 1) + OFFSET, located.get(i).offset());
        }
        unlocatedCount = 0;
    }

    /** Removes all events that are not located, also from the limit, and restores those that they replaced. */
    void removeUnlocated() {
        while (unlocatedCount > 0) {
            unlocatedCount--;
            int entry = unlocated[2 * unlocatedCount];
            int replaced = unlocated[2 * unlocatedCount + 1];
            table.remove(entry);
            if (replaced != IdTable.NONE) {
                setPartition(replaced, ~partition(replaced));
                table.restore(replaced);
            }
            limit.remove(sender(timeAndSender(entry)));
            removeNewest();
        }
    }

    /** Returns the entry that the added one replaces. */
    private int append(Digest id, First first) {
        int replaced = table.find(id);
        if (replaced != IdTable.NONE) {
            table.remove(replaced);
            setPartition(replaced, ~partition(replaced));
        }
        table.grow(size);
        if (end == OffHeapArray.LENGTH) {
            segments.addLast(entries.addSegment());
            end = 0;
        }
        end++;
        size++;
        ByteBuffer segment = entries.segment(newest() - 1);
        int at = entries.position(newest() - 1);
        segment.putInt(at + PARTITION, first.partition());
        segment.putLong(at + EVENT, first.event().high());
        segment.putLong(at + EVENT + Long.BYTES, first.event().low());
        segment.putLong(at + OFFSET, first.offset());
        segment.putLong(at + TIME_AND_SENDER, timeAndSender(first));
        table.add(newest(), id);
        return replaced;
    }

    private int newest() {
        return segments.getLast() * OffHeapArray.LENGTH + end;
    }

    private boolean isReplaced(int entry) {
        return partition(entry) < 0;
    }

    /**
     * Removes events that are older than a time, in the order of addition, up to the first one that is not. Not called
     * while an event is not located, since it might have to be restored.
     *
     * @param max maximum number of events to remove
     */
    void expire(long beforeMs, int max) {
        int removed = 0;
        while (size > 0 && removed < max) {
            int oldest = segments.getFirst() * OffHeapArray.LENGTH + begin + 1;
            if (!isReplaced(oldest)) {
                if (timeMs(timeAndSender(oldest)) >= beforeMs) {
                    break;
                }
                table.remove(oldest);
            }
            limit.remove(sender(timeAndSender(oldest)));
            removeOldest();
            removed++;
        }
    }

    private int partition(int entry) {
        return entries.segment(entry - 1).getInt(entries.position(entry - 1) + PARTITION);
    }

    private void setPartition(int entry, int partition) {
        entries.segment(entry - 1).putInt(entries.position(entry - 1) + PARTITION, partition);
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
        table.shrink(size);
    }

    private void removeNewest() {
        end--;
        size--;
        if (end == 0 || size == 0) {
            entries.removeSegment(segments.removeLast());
            begin = size == 0 ? 0 : begin;
            end = OffHeapArray.LENGTH;
        }
        table.shrink(size);
    }

    /** Returns the number of events, including replaced events that have not expired. */
    long size() {
        return size;
    }

    /** Returns the size of the allocated memory outside the heap, in bytes. */
    long bytes() {
        return entries.bytes() + table.bytes();
    }

    @Override
    public void close() {
        removeFromLimit();
        entries.close();
        table.close();
        segments.clear();
        begin = 0;
        end = OffHeapArray.LENGTH;
        size = 0;
        unlocatedCount = 0;
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
