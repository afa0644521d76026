package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.SeekableInput;

/**
 * The content of an Avro object container file, with blocks that are checked as they are read: Avro's reader would
 * allocate as many bytes as the header of a block declares, and treat a truncated block as the end of the file.
 */
final class AvroBlocks implements SeekableInput {
    private static final long MAX_BLOCK_BYTES = Runtime.getRuntime().maxMemory() / 4;
    private static final int MAX_SHIFT = 63;

    private final HdfsContent content;
    private Part part = Part.HEADER;
    /** The bits of the current number, and how many of them were read. */
    private long value;

    private int shift;
    /** The number of remaining bytes of the block, including its sync marker. */
    private long left;
    /** The position of the current block. */
    private long block;
    /** The end of the content that is read: that of the file, or the beginning of a damaged block. */
    private long end;
    /** Null without damage. */
    private IOException damage;

    private enum Part {
        HEADER,
        COUNT,
        SIZE,
        DATA
    }

    AvroBlocks(HdfsContent content) {
        this.content = content;
        this.end = content.length();
    }

    /** Starts checking at the position of a block, where the next read must be. */
    void begin(long position) {
        part = Part.COUNT;
        block = position;
        value = 0;
        shift = 0;
    }

    /** Returns the cause of the exception that a read has thrown for the header of a block; null without one. */
    IOException damage() {
        return damage;
    }

    /**
     * Ends the content before the damaged block, after which it can be read again from a position. Avro's reader reads
     * ahead: it reports the damage before it has returned the blocks before.
     *
     * @return whether there are blocks between the position and the damaged one
     */
    boolean endBeforeDamage(long position) {
        if (damage == null || end < content.length() || block <= position) {
            return false;
        }
        end = block;
        return true;
    }

    /** Returns whether each block that was begun was read to its end. */
    boolean isAtEndOfBlock() {
        return part == Part.COUNT && shift == 0;
    }

    @Override
    public int read(byte[] bytes, int offset, int maxBytes) throws IOException {
        long from = content.tell();
        if (from >= end) {
            return -1;
        }
        int read = content.read(bytes, offset, (int) Math.min(maxBytes, end - from));
        int i = 0;
        while (part != Part.HEADER && i < read) {
            if (part == Part.DATA) {
                long passed = Math.min(left, read - i);
                left -= passed;
                i += (int) passed;
                if (left == 0) {
                    begin(from + i);
                }
            } else {
                if (addToNumber(bytes[offset + i])) {
                    endOfNumber(from + i + 1);
                }
                i++;
            }
        }
        return read;
    }

    /** Adds seven bits to the current number; returns whether they are its last ones. */
    private boolean addToNumber(byte next) throws IOException {
        if (shift > MAX_SHIFT) {
            throw damaged("found a count or size of more than 10 bytes in the header of a block");
        }
        value |= (next & 0x7FL) << shift;
        shift += 7;
        return next >= 0;
    }

    private void endOfNumber(long position) throws IOException {
        long size = value >>> 1 ^ -(value & 1);
        value = 0;
        shift = 0;
        if (part == Part.COUNT) {
            part = Part.SIZE;
            return;
        }
        long max = Math.min(content.length() - position - DataFileConstants.SYNC_SIZE, MAX_BLOCK_BYTES);
        if (size < 0 || size > max) {
            throw damaged(
                    "found a block of %d bytes at %d, expected at most %d (the rest of the file, or a quarter of -Xmx)"
                            .formatted(size, position, max));
        }
        left = size + DataFileConstants.SYNC_SIZE;
        part = Part.DATA;
    }

    private IOException damaged(String found) {
        damage = new IOException(found);
        return damage;
    }

    @Override
    public void seek(long position) throws IOException {
        content.seek(position);
    }

    @Override
    public long tell() throws IOException {
        return content.tell();
    }

    @Override
    public long length() {
        return content.length();
    }

    @Override
    public void close() {
        content.close();
    }
}
