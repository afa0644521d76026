package io.wadi.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.protocol.DirectoryListing;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/**
 * An HDFS directory to which other programs write files. Each operation succeeds or fails within the connection's
 * timeout. Thread-safe.
 */
public final class InputDirectory {
    private final HdfsConnection connection;
    private final String path;

    /**
     * An entry of the directory.
     *
     * @param id the file's inode number: unchanged by a rename, and never reused
     * @param length in bytes
     * @param modified when the file was last closed
     */
    public record Entry(String name, long id, boolean isDirectory, long length, Instant modified) {}

    /**
     * Creates a view; the caller closes the connection.
     *
     * @param path the absolute path, without a trailing slash
     */
    public InputDirectory(HdfsConnection connection, String path) {
        this.connection = connection;
        this.path = path;
    }

    /** Returns the directory's path. */
    public String path() {
        return path;
    }

    /**
     * Passes all entries to a consumer, page by page.
     *
     * @throws FileNotFoundException if there is no such directory
     */
    public void forEach(Consumer<Entry> consumer) throws IOException {
        byte[] after = new byte[0];
        boolean more = true;
        while (more) {
            byte[] from = after;
            DirectoryListing page = connection.run(hdfs -> hdfs.getClient().listPaths(path, from));
            if (page == null) {
                throw new FileNotFoundException("%s%s: no such directory".formatted(connection.uri(), path));
            }
            for (HdfsFileStatus each : page.getPartialListing()) {
                consumer.accept(entry(each));
            }
            more = page.hasMore();
            after = page.getLastName();
        }
    }

    /** Returns the entry with a name; empty if there is none. */
    public Optional<Entry> find(String name) throws IOException {
        return Optional.ofNullable(connection.run(hdfs -> hdfs.getClient().getFileInfo(path + "/" + name)))
                // The NameNode's response does not contain the name of the requested file.
                .map(found -> new Entry(name, found.getFileId(), found.isDirectory(), found.getLen(), modified(found)));
    }

    private static Entry entry(HdfsFileStatus found) {
        return new Entry(
                new String(found.getLocalNameInBytes(), StandardCharsets.UTF_8),
                found.getFileId(),
                found.isDirectory(),
                found.getLen(),
                modified(found));
    }

    private static Instant modified(HdfsFileStatus found) {
        return Instant.ofEpochMilli(found.getModificationTime());
    }

    /**
     * Returns whether a file is closed: by its writer, or by the NameNode after the writer's lease expired.
     *
     * @throws FileNotFoundException if there is no such file
     */
    public boolean isClosed(String name) throws IOException {
        return connection.run(hdfs -> hdfs.isFileClosed(new Path(path, name)));
    }

    /**
     * Renames a file atomically, without replacing an existing one.
     *
     * @throws FileNotFoundException if there is no such file
     * @throws org.apache.hadoop.fs.FileAlreadyExistsException if the new name exists
     * @throws IOException if it fails or times out; after a timeout it may have taken effect
     */
    public void rename(String name, String newName) throws IOException {
        connection.execute(hdfs -> hdfs.rename(new Path(path, name), new Path(path, newName), Options.Rename.NONE));
    }
}
