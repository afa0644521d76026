package io.wadi.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.DirectoryListing;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** A {@link FileStore} on HDFS. Each operation succeeds or fails within the connection's timeout. */
public final class HdfsFileStore implements FileStore {
    /**
     * {@code hsync} syncs only the last block, so each full block is synced at its end. In a file with erasure coding
     * it syncs nothing, so files in a directory with an erasure coding policy are replicated.
     */
    private static final EnumSet<CreateFlag> NEW_FILE =
            EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK, CreateFlag.SHOULD_REPLICATE);

    /** Smaller than the writes of the line encoder, so that they bypass this buffer. */
    private static final int BUFFER = 32 * 1024;

    private final HdfsConnection connection;
    private final FileOptions options;

    /**
     * Options of new files.
     *
     * @param replication number of DataNodes that store each block
     * @param blockSize in bytes
     * @param group of files and new directories; empty: inherited from the parent directory
     */
    public record FileOptions(short replication, long blockSize, String group) {
        public static final FileOptions DEFAULT = new FileOptions((short) 3, 128L << 20, "");
    }

    /** Creates a store; the caller closes the connection. */
    public HdfsFileStore(HdfsConnection connection, FileOptions options) {
        this.connection = connection;
        this.options = options;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        connection.execute(hdfs -> createDirectories(hdfs, new Path(path)));
    }

    /** Creates directories from the top, to set the group of each. */
    private void createDirectories(DistributedFileSystem hdfs, Path directory) throws IOException {
        if (options.group().isEmpty()) {
            hdfs.mkdirs(directory, FsPermission.getDirDefault());
        } else if (!hdfs.exists(directory)) {
            createDirectories(hdfs, directory.getParent());
            hdfs.mkdirs(directory, FsPermission.getDirDefault());
            setGroup(hdfs, directory);
        }
    }

    /** Sets the group of a new directory. A directory with another group must not remain: later calls would skip it. */
    private void setGroup(DistributedFileSystem hdfs, Path directory) throws IOException {
        try {
            hdfs.setOwner(directory, null, options.group());
        } catch (IOException e) {
            try {
                hdfs.delete(directory, false);
            } catch (IOException remains) {
                e.addSuppressed(remains);
            }
            throw e;
        }
    }

    @Override
    public Page page(String directory, String after) throws IOException {
        DirectoryListing listing = connection.run(hdfs -> hdfs.getClient().listPaths(directory, after.getBytes(UTF_8)));
        if (listing == null) {
            return Page.NONE;
        }
        return new Page(
                Stream.of(listing.getPartialListing()).map(HdfsFileStore::entry).toList(), listing.hasMore());
    }

    @Override
    public Optional<Entry> find(String path) throws IOException {
        return Optional.ofNullable(connection.run(hdfs -> hdfs.getClient().getFileInfo(path)))
                .map(HdfsFileStore::entry);
    }

    private static Entry entry(HdfsFileStatus found) {
        return new Entry(
                found.getLocalName(),
                found.isDirectory(),
                found.getLen(),
                Instant.ofEpochMilli(found.getModificationTime()));
    }

    @Override
    public void delete(String path) throws IOException {
        connection.run(hdfs -> hdfs.delete(new Path(path), true));
    }

    @Override
    public Output create(String path) throws IOException {
        return connection.run(
                hdfs -> new HdfsOutput(hdfs.createNonRecursive(
                        new Path(path),
                        FsPermission.getFileDefault(),
                        NEW_FILE,
                        BUFFER,
                        options.replication(),
                        options.blockSize(),
                        null)),
                // Otherwise the stream's thread and its lease would remain until the process ends.
                Output::abort);
    }

    @Override
    public InputStream open(String path) throws IOException {
        return new TimedInput(connection.run(hdfs -> hdfs.open(new Path(path))));
    }

    @Override
    public long length(String path) throws IOException {
        return connection.run(hdfs -> hdfs.getFileStatus(new Path(path)).getLen());
    }

    @Override
    public void concat(String target, List<String> sources) throws IOException {
        connection.execute(hdfs ->
                hdfs.concat(new Path(target), sources.stream().map(Path::new).toArray(Path[]::new)));
    }

    @Override
    public void setModified(String path, Instant modified) throws IOException {
        connection.execute(hdfs -> hdfs.setTimes(new Path(path), modified.toEpochMilli(), -1));
    }

    @Override
    public void replace(String source, String target) throws IOException {
        connection.execute(hdfs -> hdfs.rename(new Path(source), new Path(target), Options.Rename.OVERWRITE));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        connection.execute(hdfs -> hdfs.rename(new Path(source), new Path(target), Options.Rename.NONE));
    }

    /** Reads with a timeout, since the client tries each DataNode several times. */
    private final class TimedInput extends FilterInputStream {
        TimedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return connection.transfer(in::read);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return connection.transfer(() -> in.read(bytes, offset, length));
        }

        @Override
        public long skip(long bytes) throws IOException {
            return connection.transfer(() -> in.skip(bytes));
        }
    }

    private final class HdfsOutput extends Output {
        private final FSDataOutputStream out;
        private final OutputStream buffer;
        private long written;

        HdfsOutput(FSDataOutputStream out) {
            this.out = out;
            this.buffer = new BufferedOutputStream(new TimedOutput(), BUFFER);
        }

        @Override
        public void write(int b) throws IOException {
            buffer.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            buffer.write(bytes, offset, length);
            written += length;
        }

        @Override
        public long written() {
            return written;
        }

        @Override
        public void sync() throws IOException {
            buffer.flush();
            connection.transfer(() -> {
                out.hsync();
                return null;
            });
        }

        @Override
        public void close() throws IOException {
            buffer.flush();
            // A transfer, since most failures of a close are caused by DataNodes, even while the NameNode waits for
            // their reports.
            connection.transfer(() -> {
                out.close();
                return null;
            });
        }

        /**
         * Closes the stream with the thread interrupted: then the close sends nothing to the DataNodes and the
         * NameNode, but ends the stream's threads.
         */
        @Override
        public void abort() {
            boolean interrupted = Thread.interrupted();
            Thread.currentThread().interrupt();
            try {
                out.close();
            } catch (IOException e) {
                // This owner or the next one deletes the file with its directory, which also ends the lease.
                return;
            } finally {
                Thread.interrupted();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** Writes with a timeout, since writes block while DataNodes are slow. */
        private final class TimedOutput extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                connection.transfer(() -> {
                    out.write(bytes, offset, length);
                    return null;
                });
            }
        }
    }
}
