package io.wadi.landing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The operations on the file system that landing stands on. Paths are absolute, with {@code /} between their parts. */
interface FileStore {

    /** Makes a directory and its missing parents. */
    void makeDirectory(String path) throws IOException;

    /** The names in a directory, in no order; none where there is no such directory. */
    List<String> list(String directory) throws IOException;

    /** Deletes a file, or a directory with all in it; does nothing where there is none. */
    void delete(String path) throws IOException;

    /**
     * Creates a file in a directory that exists.
     *
     * @throws IOException also where the directory is gone: then another member has taken over
     */
    Output create(String path) throws IOException;

    /**
     * Renames a file within the file system, at once and without overwriting.
     *
     * @throws IOException also where the target exists or the source is gone; after a lost answer the rename may have
     *     happened all the same
     */
    void rename(String source, String target) throws IOException;

    /** An open file. */
    abstract class Output extends OutputStream {
        /** Returns when everything written is on the disks of the DataNodes. */
        abstract void sync() throws IOException;

        /** Closes without waiting for what was written; for a file that is given up. */
        abstract void abort();
    }
}
