package io.wadi.ingest.deduplication;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * An array of fixed-size elements outside the heap, allocated and freed in segments of {@value #LENGTH} elements.
 * {@link #close} frees all segments. Not thread-safe.
 */
final class OffHeapArray implements AutoCloseable {
    /** The number of elements of a segment. */
    static final int LENGTH = 1 << OffHeapArray.BITS;

    private static final int BITS = 12;

    private final int elementBytes;
    /** The segments by number; null for a removed segment. */
    private final List<ByteBuf> segments = new ArrayList<>();

    private final List<Integer> removed = new ArrayList<>();

    OffHeapArray(int elementBytes) {
        this.elementBytes = elementBytes;
    }

    /**
     * Allocates a segment; its content is undefined.
     *
     * @return the number of the segment; numbers of removed segments are reused
     * @throws OutOfMemoryError if the memory outside the heap exceeds {@code -XX:MaxDirectMemorySize}
     */
    int addSegment() {
        ByteBuf segment = UnpooledByteBufAllocator.DEFAULT.directBuffer(LENGTH * elementBytes, LENGTH * elementBytes);
        if (removed.isEmpty()) {
            segments.add(segment);
            return segments.size() - 1;
        }
        int number = removed.remove(removed.size() - 1);
        segments.set(number, segment);
        return number;
    }

    /** Frees a segment. */
    void removeSegment(int number) {
        segments.set(number, null).release();
        removed.add(number);
    }

    /** Returns the segment of an element by its index. */
    ByteBuf segment(int index) {
        return segments.get(index >>> BITS);
    }

    /** Returns the position of an element in its segment. */
    int position(int index) {
        return (index & (LENGTH - 1)) * elementBytes;
    }

    long bytes() {
        return (long) (segments.size() - removed.size()) * LENGTH * elementBytes;
    }

    @Override
    public void close() {
        for (ByteBuf each : segments) {
            if (each != null) {
                each.release();
            }
        }
        segments.clear();
        removed.clear();
    }
}
