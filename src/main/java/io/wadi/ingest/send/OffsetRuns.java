package io.wadi.ingest.send;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A compressed list of offsets in the order in which they were added. Consecutive offsets are a run; a run is stored as
 * its distance to the end of the previous run and its length, both as varints with zigzag encoding, as in Kafka's
 * records.
 */
final class OffsetRuns {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final int MAX_VARINT_BYTES = 10;

    private ByteBuffer closed = NONE;
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
            if (closed.remaining() < 2 * MAX_VARINT_BYTES) {
                int capacity = closed.capacity() + closed.capacity() / 2 + 2 * MAX_VARINT_BYTES;
                closed =
                        ByteBuffer.wrap(Arrays.copyOf(closed.array(), capacity)).position(closed.position());
            }
            ByteUtils.writeVarlong(first - closedEnd, closed);
            ByteUtils.writeVarlong(count, closed);
            closedEnd = first + count;
            count = 0;
        }
    }

    /** Returns the size of the buffer with the runs, in bytes. */
    int bytes() {
        return closed.capacity();
    }

    /** Returns a reader at the first run. No offsets may be added while it is used. */
    Reader reader() {
        return new Reader();
    }

    /** An iterator over runs or over single offsets. */
    final class Reader {
        private final ByteBuffer runs = closed.duplicate().flip();
        private boolean last;
        private long runFirst;
        private long runEnd;
        private long next;

        /** Moves to the next run; returns whether there is one. */
        boolean nextRun() {
            if (runs.hasRemaining()) {
                runFirst = runEnd + ByteUtils.readVarlong(runs);
                runEnd = runFirst + ByteUtils.readVarlong(runs);
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

        /** Returns the first offset of the current run. */
        long first() {
            return runFirst;
        }

        /** Returns the last offset of the current run, inclusive. */
        long last() {
            return runEnd - 1;
        }

        /** Returns the next offset, of the current run or the next one. */
        long nextOffset() {
            if (next == runEnd && !nextRun()) {
                throw new IllegalStateException("no more offsets");
            }
            return next++;
        }
    }
}
