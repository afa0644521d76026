package io.wadi.bench.subject;

import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** The open file of a partition in handwritten landing code, with Wadi's settings of the HDFS client. */
public final class PartitionFile {
    private final FileContext files;
    private final Path temporary;
    private final String directory;
    private final long first;
    private final FSDataOutputStream out;
    private long records;

    /** Returns the file system with Wadi's settings of the client. */
    public static FileContext fileSystem(String hdfs) throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10");
        configuration.set("dfs.client.block.write.locateFollowingBlock.retries", "12");
        return FileContext.getFileContext(URI.create(hdfs), configuration);
    }

    /** Creates the temporary file of the records from {@code first} on. */
    public PartitionFile(FileContext files, String root, int partition, long first) throws IOException {
        this.files = files;
        this.directory = root + "/partition=" + partition;
        this.first = first;
        this.temporary = new Path(root + "/_tmp/" + partition + "-" + first);
        this.out = files.create(
                temporary,
                EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                Options.CreateOpts.createParent(),
                Options.CreateOpts.repFac((short) 1));
    }

    /** Adds a line; returns the number of lines in the file. */
    public long append(byte[] value) throws IOException {
        out.write(value, 0, value.length);
        out.write('\n');
        return ++records;
    }

    /** Syncs the file to disk and renames it to its visible name. */
    public void publish(long last) throws IOException {
        out.hsync();
        out.close();
        Path visible = new Path(directory, String.format(Locale.ROOT, "%020d+%020d.jsonl", first, last));
        if (first == 0) {
            files.mkdir(visible.getParent(), null, true);
        }
        files.rename(temporary, visible, Options.Rename.NONE);
    }
}
