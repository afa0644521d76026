package io.wadi.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file system operations that landing uses. Paths are absolute, with {@code /} between their parts. */
public interface FileStore {

    /** Creates a directory and its missing parents. */
    void makeDirectory(String path) throws IOException;

    /**
     * An entry of a directory.
     *
     * @param name without the directory
     * @param length in bytes; 0 for a directory
     * @param modified when a file was closed, or an entry was last added to or removed from a directory
     */
    record Entry(String name, boolean isDirectory, long length, Instant modified) {}

    /**
     * Some entries of a directory.
     *
     * @param more whether more entries follow
     */
    record Page(List<Entry> entries, boolean more) {
        static final Page NONE = new Page(List.of(), false);
    }

    /**
     * Returns the entries of a directory that sort after a name in byte order; none if the directory does not exist. If
     * there are more, the next page begins after the last name.
     *
     * @param after a name; empty for the first page
     */
    Page page(String directory, String after) throws IOException;

    /** Returns all entries of a directory that sort after a name in byte order, page by page. */
    default List<Entry> list(String directory, String after) throws IOException {
        Page page = page(directory, after);
        List<Entry> all = new ArrayList<>(page.entries());
        while (page.more()) {
            page = page(directory, all.get(all.size() - 1).name());
            all.addAll(page.entries());
        }
        return all;
    }

    default List<Entry> list(String directory) throws IOException {
        return list(directory, "");
    }

    /** Returns the file or directory at a path; empty if there is none. */
    Optional<Entry> find(String path) throws IOException;

    /** Deletes a file, or a directory with its contents; does nothing if there is none. */
    void delete(String path) throws IOException;

    /**
     * Creates a file in an existing directory.
     *
     * @throws IOException also if the directory is missing, since another member has taken over the partition
     */
    Output create(String path) throws IOException;

    /** Creates a file with these bytes; returns once they are on the disks of the DataNodes. See {@link #create}. */
    default void write(String path, byte[] bytes) throws IOException {
        Output out = create(path);
        try {
            out.write(bytes);
            out.sync();
            out.close();
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
    }

    /**
     * Opens a file for reading.
     *
     * @throws java.io.FileNotFoundException if there is none
     */
    InputStream open(String path) throws IOException;

    /**
     * Returns a file's length in bytes.
     *
     * @throws java.io.FileNotFoundException if there is none
     */
    long length(String path) throws IOException;

    /**
     * Appends files to another in the given order and removes their names, atomically. No data is copied.
     *
     * @param sources files in the target's directory, none of them empty or open
     * @throws IOException also if one of the files is missing, or the file system does not support concatenating them:
     *    HDFS rejects files in an encryption zone or in a snapshot, sources with larger blocks than the target's, and
     *    different erasure coding; if the response was lost, the concatenation may have happened
     */
    void concat(String target, List<String> sources) throws IOException;

    /**
     * Renames a file atomically and replaces an existing target.
     *
     * @throws IOException also if the source is missing; if the response was lost, the rename may have happened
     */
    void replace(String source, String target) throws IOException;

    /**
     * Renames a file atomically, without replacing an existing target.
     *
     * @throws IOException also if the target exists or the source is missing; if the response was lost, the rename may
     *    have happened
     */
    void rename(String source, String target) throws IOException;

    /** Sets the modification time of a closed file. */
    void setModified(String path, Instant modified) throws IOException;

    /** An open file. */
    abstract class Output extends OutputStream {
        /** Returns the number of bytes written. */
        public abstract long written();

        /** Returns once all bytes written are on the disks of the DataNodes. */
        public abstract void sync() throws IOException;

        /** Closes an abandoned file without waiting for its bytes to be written. */
        public abstract void abort();
    }
}
