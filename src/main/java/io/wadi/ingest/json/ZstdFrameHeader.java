package io.wadi.ingest.json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A parser of the header of one zstd frame (RFC 8878, section 3.1.1.1), which reads byte by byte. It determines the
 * size of the window that the decoder will allocate; the decoder itself checks whether the frame is valid.
 */
final class ZstdFrameHeader {
    private static final long MAGIC = 0xFD2FB528L;
    private static final int MAGIC_BYTES = 4;
    private static final int MAX_BYTES = 18;
    private static final int SINGLE_SEGMENT = 1 << 5;
    private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};

    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;
    private int needed = MAGIC_BYTES;
    private long window;

    /** Reads the next byte; call it only until the header {@link #isComplete}. */
    void read(byte next) {
        bytes[length++] = next;
        if (length == MAGIC_BYTES && little(0, MAGIC_BYTES) == MAGIC) {
            needed++;
        } else if (length == MAGIC_BYTES + 1) {
            needed = length(next & 0xFF);
        }
        if (isComplete() && length > MAGIC_BYTES) {
            window = window(bytes[MAGIC_BYTES] & 0xFF);
        }
    }

    /** Returns whether the header is complete; for a skippable or unknown frame, after the magic number. */
    boolean isComplete() {
        return length == needed;
    }

    /** Returns the bytes read so far. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** Returns the size of the window in bytes; 0 for a skippable or unknown frame. */
    long windowBytes() {
        return window;
    }

    private static int length(int descriptor) {
        int windowDescriptor = isSingleSegment(descriptor) ? 0 : 1;
        return MAGIC_BYTES + 1 + windowDescriptor + DICTIONARY_ID_BYTES[descriptor & 3] + contentSizeBytes(descriptor);
    }

    private static boolean isSingleSegment(int descriptor) {
        return (descriptor & SINGLE_SEGMENT) != 0;
    }

    private static int contentSizeBytes(int descriptor) {
        int flag = descriptor >>> 6;
        return flag == 0 ? (isSingleSegment(descriptor) ? 1 : 0) : 1 << flag;
    }

    private long window(int descriptor) {
        if (isSingleSegment(descriptor)) {
            int size = contentSizeBytes(descriptor);
            long content = little(length - size, size) + (size == 2 ? 256 : 0);
            return content < 0 ? Long.MAX_VALUE : content;
        }
        int exponentAndMantissa = bytes[MAGIC_BYTES + 1] & 0xFF;
        long base = 1L << (10 + (exponentAndMantissa >>> 3));
        return base + base / 8 * (exponentAndMantissa & 7);
    }

    private long little(int from, int count) {
        byte[] number = new byte[Long.BYTES];
        System.arraycopy(bytes, from, number, 0, count);
        return ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
