package io.wadi.ingest.deduplication;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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
    /** The memory of the segments. Netty's buffers check on each access whether they are released. */
    private ByteBuffer[] memory = {};

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
        int number;
        if (removed.isEmpty()) {
            number = segments.size();
            segments.add(segment);
            memory = number < memory.length ? memory : Arrays.copyOf(memory, 2 * number + 1);
        } else {
            number = removed.remove(removed.size() - 1);
            segments.set(number, segment);
        }
        memory[number] = segment.nioBuffer(0, segment.capacity()).order(ByteOrder.nativeOrder());
        return number;
    }

    /** Frees a segment. */
    void removeSegment(int number) {
        memory[number] = null;
        segments.set(number, null).release();
        removed.add(number);
    }

    /** Returns the segment of an element by its index. It must not be used after the segment is removed. */
    ByteBuffer segment(int index) {
        return memory[index >>> BITS];
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
        memory = new ByteBuffer[0];
        for (ByteBuf each : segments) {
            if (each != null) {
                each.release();
            }
        }
        segments.clear();
        removed.clear();
    }
}
