package io.wadi.extension.connectors.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.common.utils.Utils;

/**
 * The source offset of a file, with a fingerprint of its first bytes, which identifies the file under another name. A
 * file of lines only grows, so the bytes that were read do not change.
 *
 * @param path its last path
 * @param inode the file system's identity of the file
 * @param offset the position of the first byte not yet read
 * @param first the number of bytes that the fingerprint covers: all bytes read, up to the first 1,024
 * @param print the fingerprint
 * @param isWithin whether the next bytes are the rest of a line that is too long
 */
record FileOffset(
        String path,
        String inode,
        long offset,
        int first,
        String print,
        @JsonProperty("within") boolean isWithin) {
    private static final int MAX_FIRST = 1024;
    private static final int PRINT_DIGITS = 16;

    /** Returns the offset at the beginning of a file. */
    static FileOffset beginning(String path, String inode) {
        return new FileOffset(path, inode, 0, 0, "", false);
    }

    /** Returns a later offset in the same file. */
    FileOffset to(long newOffset, boolean within, FileChannel file) throws IOException {
        int bytes = (int) Math.min(MAX_FIRST, newOffset);
        return new FileOffset(path, inode, newOffset, bytes, bytes == first ? print : print(file, bytes), within);
    }

    /** Returns the offset of the same file under its current name. */
    FileOffset at(String newPath, String newInode) {
        return new FileOffset(newPath, newInode, offset, first, print, isWithin);
    }

    /** Returns whether a file has the fingerprint of this offset, and at least as many bytes as were read. */
    boolean isOf(FileChannel file) throws IOException {
        return file.size() >= offset && (first == 0 || print(file, first).equals(print));
    }

    private static String print(FileChannel file, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        Utils.readFully(file, read, 0);
        return DigestUtils.sha256Hex(read.array()).substring(0, PRINT_DIGITS);
    }
}
