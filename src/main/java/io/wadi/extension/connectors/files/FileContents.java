package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;

/** Comparison of the contents of two files. */
final class FileContents {
    private static final int HEAD = 256;
    private static final int TAIL = 1024;
    private static final int COMPARED = 64 << 10;

    private FileContents() {}

    /** Returns the first bytes of a file, which distinguish most files without reading them again. */
    static byte[] head(FileChannel file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        Utils.readFully(file, head, 0);
        return Arrays.copyOf(head.array(), head.position());
    }

    /** Returns whether two files have the same first bytes, as far as both have them. */
    static boolean startAlike(byte[] one, byte[] other) {
        int length = Math.min(one.length, other.length);
        return Arrays.equals(one, 0, length, other, 0, length);
    }

    /**
     * Returns whether a file equals the beginning of another one, such as a copy that was made before the other is
     * truncated.
     *
     * @param begin the number of bytes that were equal before; only a few of them are compared again
     */
    static boolean isBeginning(FileChannel file, FileChannel other, long begin) throws IOException {
        long size = file.size();
        if (size > other.size() || size < begin) {
            return false;
        }
        ByteBuffer ours = ByteBuffer.allocate(COMPARED);
        ByteBuffer theirs = ByteBuffer.allocate(COMPARED);
        // Files with the same beginning mostly differ at their ends.
        long tail = Math.max(0, size - TAIL);
        if (!read(file, tail, size, ours).equals(read(other, tail, size, theirs))) {
            return false;
        }
        for (long at = Math.max(0, begin - TAIL); at < size; at += COMPARED) {
            if (!read(file, at, size, ours).equals(read(other, at, size, theirs))) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer read(FileChannel from, long at, long end, ByteBuffer into) throws IOException {
        into.clear().limit((int) Math.min(COMPARED, end - at));
        Utils.readFully(from, into, at);
        return into.flip();
    }
}
