package io.wadi.ingest.send;

import java.util.Arrays;

/**
 * Offsets in the order in which they were given, packed: offsets that follow each other are a run, and a run is the distance
 * from the one before and its length, both in as few bytes as they need (base 128, as Protocol Buffers write numbers).
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

    /** The bytes that the runs hold. */
    int bytes() {
        return closed.length;
    }

    /** Reads the runs from the first on; nothing may be added meanwhile. */
    Reader reader() {
        return new Reader();
    }

    /** A run after the other, or an offset after the other. */
    final class Reader {
        private int position;
        private boolean last;
        private long runFirst;
        private long runEnd;
        private long next;

        /** Moves to the next run; whether there is one. */
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
