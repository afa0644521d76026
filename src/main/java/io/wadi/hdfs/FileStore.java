package io.wadi.hdfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operations on the file system that landing stands on. Paths are absolute, with {@code /} between their parts. */
public interface FileStore {

    /** Makes a directory and its missing parents. */
    void makeDirectory(String path) throws IOException;

    /**
     * What stands in a directory.
     *
     * @param name without the directory
     * @param length in bytes; of a directory 0
     * @param modified when a file was closed, or something last came into or went from a directory
     */
    record Entry(String name, boolean isDirectory, long length, Instant modified) {}

    /**
     * Some entries of a directory.
     *
     * @param more whether others follow after the last
     */
    record Page(List<Entry> entries, boolean more) {
        static final Page NONE = new Page(List.of(), false);
    }

    /**
     * Entries of a directory whose names come after a name, in the order of their bytes; not all where there are many: the
     * next page follows after the last name. None where there is no such directory.
     *
     * @param after may be empty: from the first on
     */
    Page page(String directory, String after) throws IOException;

    /** All entries of a directory whose names come after a name, in the order of their bytes, page by page. */
    default List<Entry> list(String directory, String after) throws IOException {
        Page page = page(directory, after);
        List<Entry> all = new ArrayList<>(page.entries());
        while (page.more()) {
            page = page(directory, all.get(all.size() - 1).name());
            all.addAll(page.entries());
        }
        return all;
    }

    /** All entries of a directory. */
    default List<Entry> list(String directory) throws IOException {
        return list(directory, "");
    }

    /** The file or directory at a path; empty where there is none. */
    Optional<Entry> find(String path) throws IOException;

    /** Deletes a file, or a directory with all in it; does nothing where there is none. */
    void delete(String path) throws IOException;

    /**
     * Creates a file in a directory that exists.
     *
     * @throws IOException also where the directory is gone: then another member has taken over
     */
    Output create(String path) throws IOException;

    /**
     * Opens a file for reading, from its beginning.
     *
     * @throws java.io.FileNotFoundException where there is none
     */
    InputStream open(String path) throws IOException;

    /**
     * A file's length in bytes.
     *
     * @throws java.io.FileNotFoundException where there is none
     */
    long length(String path) throws IOException;

    /**
     * Appends files to another and takes their names away, in this order and at once. The blocks stay as they are.
     *
     * @param sources files of the target's directory, none of them empty or open
     * @throws IOException also where one of them or the target is gone, and where the file system cannot do it with these:
     *     HDFS refuses files in an encryption zone or in a snapshot, sources with larger blocks than the target's, and different
     *     erasure coding; after a lost answer it may have happened all the same
     */
    void concat(String target, List<String> sources) throws IOException;

    /**
     * Renames a file within the file system, at once, and over the target where there is one.
     *
     * @throws IOException also where the source is gone; after a lost answer the rename may have happened all the same
     */
    void replace(String source, String target) throws IOException;

    /**
     * Renames a file within the file system, at once and without overwriting.
     *
     * @throws IOException also where the target exists or the source is gone; after a lost answer the rename may have
     *     happened all the same
     */
    void rename(String source, String target) throws IOException;

    /** An open file. */
    abstract class Output extends OutputStream {
        /** How many bytes were written so far. */
        public abstract long written();

        /** Returns when everything written is on the disks of the DataNodes. */
        public abstract void sync() throws IOException;

        /** Closes without waiting for what was written; for a file that is given up. */
        public abstract void abort();
    }
}
