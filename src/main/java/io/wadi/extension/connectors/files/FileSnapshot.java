package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file, with its attributes at the time of the listing.
 *
 * @param inode the file system's identity of the file
 */
record FileSnapshot(Path path, String inode, long modifiedMillis, FileChannel channel) {
    private static final Logger LOG = LoggerFactory.getLogger(FileSnapshot.class);
    private static final int COMPARED = 64 << 10;

    /**
     * Opens all files that match a pattern, except empty files and locks of sinks; the least recently modified comes
     * first.
     *
     * @throws IOException if the directory cannot be read
     */
    static List<FileSnapshot> all(Path directory, String pattern) throws IOException {
        List<FileSnapshot> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
            for (Path path : files) {
                if (!OutputLock.isLock(path)) {
                    addTo(found, path);
                }
            }
        } catch (IOException | RuntimeException e) {
            found.forEach(FileSnapshot::close);
            throw e;
        }
        // Of files that were modified at the same time, the one with the rotated name is older.
        found.sort(Comparator.comparingLong(FileSnapshot::modifiedMillis)
                .thenComparing(FileSnapshot::path, Comparator.reverseOrder()));
        return found;
    }

    private static void addTo(List<FileSnapshot> into, Path path) throws IOException {
        FileChannel channel = null;
        try {
            BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
            if (!before.isRegularFile() || before.size() == 0) {
                return;
            }
            channel = FileChannel.open(path);
            String inode = inode(path);
            if (inode.equals(String.valueOf(before.fileKey()))) {
                into.add(new FileSnapshot(path, inode, before.lastModifiedTime().toMillis(), channel));
                channel = null;
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was renamed or deleted during the listing; the next listing has its new name", path, e);
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    private static String inode(Path path) throws IOException {
        return String.valueOf(
                Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    }

    /**
     * Returns whether this file equals the beginning of another one, such as a copy that was made before the other is
     * truncated.
     */
    boolean isCopyOf(FileChannel other) throws IOException {
        long size = channel.size();
        if (size > other.size()) {
            return false;
        }
        ByteBuffer ours = ByteBuffer.allocate(COMPARED);
        ByteBuffer theirs = ByteBuffer.allocate(COMPARED);
        for (long at = 0; at < size; at += COMPARED) {
            int length = (int) Math.min(COMPARED, size - at);
            if (!read(channel, at, length, ours).equals(read(other, at, length, theirs))) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer read(FileChannel from, long at, int length, ByteBuffer into) throws IOException {
        into.clear().limit(length);
        Utils.readFully(from, into, at);
        return into.flip();
    }

    void close() {
        Utils.closeQuietly(channel, path.toString());
    }
}
