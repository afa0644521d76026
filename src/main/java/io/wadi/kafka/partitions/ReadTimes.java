package io.wadi.kafka.partitions;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When those records of a partition were made that were read and are not done, as far as it takes to know how old the oldest is
 * and how long those took that are done. Bounded: where there is too much to know, neighbours become one, and what is told of
 * their time is less exact, the age never too small. For one thread; no I/O.
 */
final class ReadTimes {
    static final int MOST = 64;

    private final Deque<Part> parts = new ArrayDeque<>();

    /**
     * Records that were read together.
     *
     * @param first the first offset
     * @param end the offset after the last
     * @param records how many they are
     * @param oldest the timestamp of the first, in milliseconds since 1970
     * @param newest that of the last
     */
    record Part(long first, long end, long records, long oldest, long newest) {
        private Part with(Part next) {
            return new Part(first, next.end, records + next.records, oldest, next.newest);
        }

        private Part before(long offset) {
            return new Part(first, offset, records * (offset - first) / (end - first), oldest, newest);
        }

        private Part from(long offset) {
            return new Part(offset, end, records - before(offset).records, oldest, newest);
        }

        /** About when its records were made. */
        long time() {
            return (oldest + newest) / 2;
        }
    }

    /** Records were read, maybe again. */
    void read(Part next) {
        forgetFrom(next.first());
        if (parts.size() == MOST) {
            thinOut();
        }
        parts.add(next);
    }

    private void forgetFrom(long offset) {
        while (!parts.isEmpty() && parts.peekLast().end() > offset) {
            Part last = parts.removeLast();
            if (last.first() < offset) {
                parts.add(last.before(offset));
            }
        }
    }

    private void thinOut() {
        for (int pairs = parts.size() / 2; pairs > 0; pairs--) {
            parts.add(parts.remove().with(parts.remove()));
        }
    }

    /** The next records that are done now that all before this offset are; null where there are none. */
    Part done(long offset) {
        Part first = parts.peek();
        if (first == null || first.first() >= offset) {
            return null;
        }
        parts.remove();
        if (first.end() <= offset) {
            return first;
        }
        parts.addFirst(first.from(offset));
        return first.before(offset);
    }

    /** Whether all that was read is done. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The timestamp of the oldest record that is not done; 0 where there is none. */
    long oldest() {
        return parts.isEmpty() ? 0 : parts.peek().oldest();
    }
}
