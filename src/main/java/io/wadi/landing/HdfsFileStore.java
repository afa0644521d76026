package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsClientConfigKeys;
import org.apache.hadoop.hdfs.protocol.DirectoryListing;

/** {@link FileStore} on HDFS, by {@link FileContext}: its rename does not overwrite and fails with an exception. */
final class HdfsFileStore implements FileStore {
    private final DistributedFileSystem hdfs;
    private final FileContext files;
    private final short replication;

    /**
     * Takes the file system's address and how many DataNodes are to hold each block; connects with the first operation.
     *
     * @throws IOException where there is no such kind of file system
     */
    HdfsFileStore(String uri, short replication) throws IOException {
        Configuration configuration = new Configuration();
        // A file is closed once its last block is reported, which is soon; the client would look again after 400 ms
        // only.
        prefer(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_INITIAL_DELAY_MS_KEY, "10");
        prefer(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_RETRIES_KEY, "12");
        this.hdfs = (DistributedFileSystem) FileSystem.newInstance(URI.create(uri), configuration);
        this.files = FileContext.getFileContext(URI.create(uri), configuration);
        this.replication = replication;
    }

    /** Sets what the site's configuration does not set. */
    private static void prefer(Configuration configuration, String key, String value) {
        String[] sources = configuration.getPropertySources(key);
        if (sources == null || sources[sources.length - 1].equals("hdfs-default.xml")) {
            configuration.set(key, value);
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        files.mkdir(new Path(path), FsPermission.getDirDefault(), true);
    }

    @Override
    public Page page(String directory, String after) throws IOException {
        DirectoryListing listing = hdfs.getClient().listPaths(directory, after.getBytes(UTF_8));
        if (listing == null) {
            return Page.NONE;
        }
        return new Page(
                Stream.of(listing.getPartialListing())
                        .map(found -> new Entry(found.getLocalName(), found.isDirectory(), found.getLen()))
                        .toList(),
                listing.hasMore());
    }

    @Override
    public Optional<Entry> find(String path) throws IOException {
        return Optional.ofNullable(hdfs.getClient().getFileInfo(path))
                .map(found -> new Entry(found.getLocalName(), found.isDirectory(), found.getLen()));
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            files.delete(new Path(path), true);
        } catch (FileNotFoundException e) {
            return;
        }
    }

    @Override
    public Output create(String path) throws IOException {
        return new HdfsOutput(files.create(
                new Path(path),
                EnumSet.of(CreateFlag.CREATE),
                Options.CreateOpts.donotCreateParent(),
                Options.CreateOpts.repFac(replication)));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        files.rename(new Path(source), new Path(target), Options.Rename.NONE);
    }

    private static final class HdfsOutput extends Output {
        private final FSDataOutputStream out;

        HdfsOutput(FSDataOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        long written() {
            return out.getPos();
        }

        @Override
        void sync() throws IOException {
            out.hsync();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        @Override
        void abort() {
            try {
                out.close();
            } catch (IOException e) {
                // The file is deleted with its directory; its lease ends with this client or after its limit.
                return;
            }
        }
    }
}
