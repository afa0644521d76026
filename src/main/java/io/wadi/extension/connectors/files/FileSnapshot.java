package io.wadi.extension.connectors.files;

import io.wadi.runtime.config.DirectoryListing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attributes of a file at the time of a listing.
 *
 * @param inode the file system's identity of the file
 */
record FileSnapshot(Path path, String inode, long size, FileTime modified) {
    /**
     * Orders files by age, the least recently modified first. Of files that were modified at the same time, the one
     * with the rotated name is older.
     */
    static final Comparator<FileSnapshot> BY_AGE =
            Comparator.comparing(FileSnapshot::modified).thenComparing(FileSnapshot::path, Comparator.reverseOrder());

    private static final Logger LOG = LoggerFactory.getLogger(FileSnapshot.class);

    /**
     * Lists all files that match a pattern, except empty files and locks of sinks, by age.
     *
     * @param failed called for each file with unreadable attributes
     * @throws IOException if the directory cannot be read
     */
    static List<FileSnapshot> all(Path directory, String pattern, BiConsumer<Path, IOException> failed)
            throws IOException {
        List<FileSnapshot> found = new ArrayList<>();
        for (Path path : DirectoryListing.of(directory, pattern)) {
            if (!OutputLock.isLock(path)) {
                addTo(found, path, failed);
            }
        }
        found.sort(BY_AGE);
        return found;
    }

    private static void addTo(List<FileSnapshot> into, Path path, BiConsumer<Path, IOException> failed) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isRegularFile() && attributes.size() > 0) {
                into.add(new FileSnapshot(
                        path, String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime()));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was renamed or deleted during the listing; the next listing has its new name", path, e);
        } catch (IOException e) {
            failed.accept(path, e);
        }
    }

    /** Returns whether the file has not changed between two listings, except for its name. */
    boolean isUnchangedSince(FileSnapshot earlier) {
        return size == earlier.size && modified.equals(earlier.modified);
    }

    /** Opens the file. Returns null if it was renamed or deleted since the listing. */
    FileChannel open() throws IOException {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path);
            Object opened =
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            if (inode.equals(String.valueOf(opened))) {
                FileChannel result = channel;
                channel = null;
                return result;
            }
            return null;
        } catch (NoSuchFileException e) {
            LOG.debug("{} was renamed or deleted since the listing; the next listing has its new name", path, e);
            return null;
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
