package io.wadi.extension.connectors.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.common.utils.Utils;

/**
 * The source offset of a file, with fingerprints of the first and the last bytes read, which identify the file under
 * another name. A file of lines only grows, so the bytes that were read do not change. Different files often begin with
 * the same bytes, such as a header and the oldest rows of an export.
 *
 * @param path its last path
 * @param inode the file system's identity of the file
 * @param offset the position of the first byte not yet read
 * @param first the number of bytes that the first fingerprint covers: all bytes read, up to the first 1,024
 * @param print the fingerprint of the first bytes
 * @param lastPrint the fingerprint of the last 1,024 bytes read; null if fewer were read, and in offsets of earlier
 *     versions
 * @param isWithin whether the next bytes are the rest of a line that is too long
 */
record FileOffset(
        String path,
        String inode,
        long offset,
        int first,
        String print,
        String lastPrint,
        @JsonProperty("within") boolean isWithin) {
    /** Orders offsets that match the same file: the one that is certain to be of the file is the last. */
    static final Comparator<FileOffset> BY_CERTAINTY = Comparator.comparingInt(FileOffset::first)
            .thenComparing(offset -> offset.lastPrint() != null)
            .thenComparingLong(FileOffset::offset);

    private static final int MAX_PRINTED = 1024;
    private static final int PRINT_DIGITS = 16;

    static FileOffset beginning(String path, String inode) {
        return new FileOffset(path, inode, 0, 0, "", null, false);
    }

    /**
     * Returns a later offset in the same file.
     *
     * @throws EOFException if the file was truncated meanwhile
     */
    FileOffset to(long newOffset, boolean within, FileChannel file) throws IOException {
        int bytes = (int) Math.min(MAX_PRINTED, newOffset);
        return new FileOffset(
                path,
                inode,
                newOffset,
                bytes,
                bytes == first ? print : read(file, 0, bytes).orElseThrow(this::truncated),
                newOffset > MAX_PRINTED ? last(file, newOffset).orElseThrow(this::truncated) : null,
                within);
    }

    /** Returns the offset of the same file under its current name. */
    FileOffset at(String newPath, String newInode) {
        return new FileOffset(newPath, newInode, offset, first, print, lastPrint, isWithin);
    }

    private EOFException truncated() {
        return new EOFException(path + " was truncated while it was read");
    }

    /** Returns whether a file has the fingerprints of this offset, and at least as many bytes as were read. */
    boolean isOf(FileChannel file) throws IOException {
        return isOf(new Prints(file));
    }

    /** Returns whether a file has the fingerprints of this offset, and at least as many bytes as were read. */
    boolean isOf(Prints prints) throws IOException {
        return prints.file.size() >= offset
                && (first == 0 || prints.of(0, first).equals(Optional.of(print)))
                && (lastPrint == null
                        || prints.of(offset - MAX_PRINTED, MAX_PRINTED).equals(Optional.of(lastPrint)));
    }

    private static Optional<String> last(FileChannel file, long end) throws IOException {
        return read(file, end - MAX_PRINTED, MAX_PRINTED);
    }

    /** Returns the fingerprint of bytes; empty if the file ends before them. */
    private static Optional<String> read(FileChannel file, long begin, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        Utils.readFully(file, read, begin);
        return read.hasRemaining()
                ? Optional.empty()
                : Optional.of(DigestUtils.sha256Hex(read.array()).substring(0, PRINT_DIGITS));
    }

    /** The fingerprints of a file, each read once, to compare the file with many offsets. */
    static final class Prints {
        private final FileChannel file;
        private final Map<Long, Map<Integer, Optional<String>>> read = new HashMap<>();

        Prints(FileChannel file) {
            this.file = file;
        }

        private Optional<String> of(long begin, int bytes) throws IOException {
            Map<Integer, Optional<String>> known = read.computeIfAbsent(begin, any -> new HashMap<>());
            Optional<String> print = known.get(bytes);
            if (print == null) {
                print = FileOffset.read(file, begin, bytes);
                known.put(bytes, print);
            }
            return print;
        }
    }
}
