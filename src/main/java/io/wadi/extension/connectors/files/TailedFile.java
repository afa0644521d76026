package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import org.apache.kafka.common.utils.Utils;

/** A file that a source reads, whatever its current name, with its offset. It may be closed between reads. */
final class TailedFile implements AutoCloseable {
    /** Orders files in the order in which they are read: removed files first, because they are older. */
    static final Comparator<TailedFile> BY_AGE = Comparator.comparing((TailedFile file) -> !file.isRemoved)
            .thenComparing(file -> file.seen, FileSnapshot.BY_AGE);

    private final String sourcePartition;
    private final byte[] head;
    private FileOffset offset;
    /** The offset before the last read. */
    private FileOffset before;

    private FileSnapshot seen;
    /** The attributes that were seen before all lines were read; null if there may be unread lines. */
    private FileSnapshot read;

    private FileChannel channel;
    private boolean isRemoved;

    /**
     * Creates an instance without opening the file.
     *
     * @param sourcePartition the key of its source offset
     * @param seen its attributes
     * @param head its first bytes
     */
    TailedFile(String sourcePartition, FileOffset offset, FileSnapshot seen, byte[] head) {
        this.sourcePartition = sourcePartition;
        this.offset = offset;
        this.before = offset;
        this.seen = seen;
        this.head = head;
    }

    String sourcePartition() {
        return sourcePartition;
    }

    FileOffset offset() {
        return offset;
    }

    /** Returns the attributes at the last listing that had the file. */
    FileSnapshot seen() {
        return seen;
    }

    byte[] head() {
        return head;
    }

    /** Returns the open file; null if it is closed. */
    FileChannel channel() {
        return channel;
    }

    boolean isOpen() {
        return channel != null;
    }

    void open(FileChannel opened) {
        channel = opened;
    }

    /** Returns whether the file was deleted, or renamed to a name that does not match. */
    boolean isRemoved() {
        return isRemoved;
    }

    /** Returns whether all complete lines were read, if these are the file's current attributes. */
    boolean isAtEnd(FileSnapshot current) {
        return read != null && current.isUnchangedSince(read);
    }

    boolean isAtEnd() {
        return isAtEnd(seen);
    }

    /** Sets the attributes at a listing that has the file. */
    void found(FileSnapshot now) {
        seen = now;
        isRemoved = false;
        offset = offset.at(now.path().toString(), now.inode());
    }

    /** Sets the attributes of a file that is in no listing any more. */
    void removed(long size, FileTime changed) {
        seen = new FileSnapshot(seen.path(), seen.inode(), size, changed);
        isRemoved = true;
    }

    /** Reads the next bytes, at most as many as the buffer can take; none at the end of the file. */
    ByteBuffer follow(ByteBuffer into) throws IOException {
        into.clear();
        Utils.readFully(channel, into, offset.offset());
        return into.flip();
    }

    void readTo(long end, boolean isWithin) throws IOException {
        FileOffset next = offset.to(end, isWithin, channel);
        before = offset;
        offset = next;
    }

    /** Returns to the offset before the last read, the lines of which may not be committed. */
    void undoRead() {
        offset = before;
        read = null;
    }

    /** Marks all complete lines as read. */
    void readToEnd() {
        read = seen;
    }

    @Override
    public void close() {
        Utils.closeQuietly(channel, offset.path());
        channel = null;
    }
}
