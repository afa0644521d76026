package io.wadi.ingest.send;

import java.util.Arrays;

/**
 * Offsets in the order in which they were added, packed: consecutive offsets are a run, and a run is its distance to
 * the previous one and its length, both as varints (base 128, as in Protocol Buffers).
 */
final class OffsetRuns {
    private static final byte[] NONE = {};
    private static final int LONGEST_NUMBER = 10;
    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private byte[] closed = NONE;
    private int length;
    private long closedEnd;
    private long first;
    private long count;

    void add(long offset) {
        if (count == 0 || offset != first + count) {
            close();
            first = offset;
        }
        count++;
    }

    private void close() {
        if (count > 0) {
            if (closed.length - length < 2 * LONGEST_NUMBER) {
                closed = Arrays.copyOf(closed, closed.length + closed.length / 2 + 2 * LONGEST_NUMBER);
            }
            long distance = first - closedEnd;
            write((distance << 1) ^ (distance >> (Long.SIZE - 1)));
            write(count);
            closedEnd = first + count;
            count = 0;
        }
    }

    private void write(long number) {
        long rest = number;
        while ((rest & -MORE) != 0) {
            closed[length++] = (byte) (rest | MORE);
            rest >>>= BITS;
        }
        closed[length++] = (byte) rest;
    }

    /** Returns the memory of the runs in bytes. */
    int bytes() {
        return closed.length;
    }

    /** Returns a reader from the first run on; adding offsets meanwhile is not allowed. */
    Reader reader() {
        return new Reader();
    }

    /** Iterates over runs or over offsets. */
    final class Reader {
        private int position;
        private boolean last;
        private long runFirst;
        private long runEnd;
        private long next;

        /** Moves to the next run; returns whether there is one. */
        boolean nextRun() {
            if (position < length) {
                long distance = read();
                runFirst = runEnd + ((distance >>> 1) ^ -(distance & 1));
                runEnd = runFirst + read();
            } else if (!last && count > 0) {
                last = true;
                runFirst = OffsetRuns.this.first;
                runEnd = runFirst + count;
            } else {
                return false;
            }
            next = runFirst;
            return true;
        }

        /** The run's first offset. */
        long first() {
            return runFirst;
        }

        /** The run's last offset. */
        long last() {
            return runEnd - 1;
        }

        /** The next offset, of this run or the one after it. */
        long nextOffset() {
            if (next == runEnd && !nextRun()) {
                throw new IllegalStateException("no more offsets");
            }
            return next++;
        }

        private long read() {
            long number = 0;
            int shift = 0;
            byte b;
            do {
                b = closed[position++];
                number |= (long) (b & (MORE - 1)) << shift;
                shift += BITS;
            } while (b < 0);
            return number;
        }
    }
}
