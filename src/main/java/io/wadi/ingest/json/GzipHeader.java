package io.wadi.ingest.json;

import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32;

/** A parser of the header of a gzip member (RFC 1952, section 2.3), which reads byte by byte and stores no content. */
final class GzipHeader {
    private static final int[] MAGIC_AND_DEFLATE = {0x1F, 0x8B, 8};
    private static final int RESERVED_FLAGS = 0xE0;
    private static final int FIXED_BYTES = 10;
    private static final int CHECKSUM_BITS = 0xFFFF;

    /** The parts of the header in order, with the flags that indicate their presence. */
    private enum Part {
        FIXED(0),
        EXTRA_LENGTH(1 << 2),
        EXTRA(1 << 2),
        NAME(1 << 3),
        COMMENT(1 << 4),
        CHECKSUM(1 << 1),
        COMPLETE(0);

        private final int flag;

        Part(int flag) {
            this.flag = flag;
        }
    }

    private final CRC32 checksum = new CRC32();
    private final Iterator<Part> parts = List.of(Part.values()).iterator();
    private Part part = parts.next();
    private int flags;
    private int count;
    private int number;

    boolean isComplete() {
        return part == Part.COMPLETE;
    }

    /**
     * Reads the next byte; call it only until the header {@link #isComplete}.
     *
     * @throws io.wadi.ingest.event.RequestException 400 if the header is invalid
     */
    void read(byte signed) {
        int b = signed & 0xFF;
        int index = count;
        count++;
        boolean last =
                switch (part) {
                    case FIXED -> readFixed(index, b);
                    case EXTRA_LENGTH, CHECKSUM -> readNumber(index, b);
                    case EXTRA -> count == number;
                    default -> b == 0;
                };
        if (part == Part.CHECKSUM) {
            if (last && number != (checksum.getValue() & CHECKSUM_BITS)) {
                throw GzipDecoder.invalid("its header checksum does not match");
            }
        } else {
            checksum.update(b);
        }
        if (last) {
            begin(next());
        }
    }

    private boolean readFixed(int index, int b) {
        if (index < MAGIC_AND_DEFLATE.length && b != MAGIC_AND_DEFLATE[index]) {
            throw GzipDecoder.invalid("expected the header of a gzip member");
        }
        if (index == MAGIC_AND_DEFLATE.length) {
            if ((b & RESERVED_FLAGS) != 0) {
                throw GzipDecoder.invalid("its header has reserved flags");
            }
            flags = b;
        }
        return count == FIXED_BYTES;
    }

    private boolean readNumber(int index, int b) {
        number |= b << (Byte.SIZE * index);
        return count == Short.BYTES;
    }

    private Part next() {
        Part next;
        do {
            next = parts.next();
        } while (!isPresent(next));
        return next;
    }

    private boolean isPresent(Part first) {
        boolean isFlagged = first == Part.COMPLETE || (flags & first.flag) != 0;
        return isFlagged && !(first == Part.EXTRA && number == 0);
    }

    private void begin(Part next) {
        part = next;
        count = 0;
        number = next == Part.EXTRA ? number : 0;
    }
}
