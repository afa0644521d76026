package io.wadi.kafka.partitions;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The timestamps of a partition's uncompleted records, for the age of the oldest one and the duration of completed
 * ones. The number of ranges is limited: at the limit, adjacent ranges are merged, which makes times less precise, but
 * no age too small. Not thread-safe.
 */
final class ReadTimes {
    static final int MAX_RANGES = 64;

    private final Deque<Range> ranges = new ArrayDeque<>();

    /**
     * A range of records read together.
     *
     * @param end the offset after the last record
     * @param records the number of records
     * @param oldest the timestamp of the first record, in milliseconds since 1970
     * @param newest the timestamp of the last record
     */
    record Range(long first, long end, long records, long oldest, long newest) {
        private Range with(Range next) {
            return new Range(first, next.end, records + next.records, oldest, next.newest);
        }

        private Range before(long offset) {
            return new Range(first, offset, records * (offset - first) / (end - first), oldest, newest);
        }

        private Range from(long offset) {
            return new Range(offset, end, records - before(offset).records, oldest, newest);
        }

        /** Returns the mean of the first and the last record's timestamps. */
        long time() {
            return (oldest + newest) / 2;
        }
    }

    /** Adds a range that was read, possibly not for the first time. */
    void read(Range next) {
        removeFrom(next.first());
        if (ranges.size() == MAX_RANGES) {
            mergePairs();
        }
        ranges.add(next);
    }

    private void removeFrom(long offset) {
        while (!ranges.isEmpty() && ranges.peekLast().end() > offset) {
            Range last = ranges.removeLast();
            if (last.first() < offset) {
                ranges.add(last.before(offset));
            }
        }
    }

    private void mergePairs() {
        for (int pairs = ranges.size() / 2; pairs > 0; pairs--) {
            ranges.add(ranges.remove().with(ranges.remove()));
        }
    }

    /** Removes and returns the next range completed before this offset; null if there is none. */
    Range done(long offset) {
        Range first = ranges.peek();
        if (first == null || first.first() >= offset) {
            return null;
        }
        ranges.remove();
        if (first.end() <= offset) {
            return first;
        }
        ranges.addFirst(first.from(offset));
        return first.before(offset);
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Returns the timestamp of the oldest uncompleted record; 0 if there is none. */
    long oldest() {
        return ranges.isEmpty() ? 0 : ranges.peek().oldest();
    }
}
