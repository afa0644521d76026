package io.wadi.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** An HDFS of one NameNode and one DataNode in a JVM of its own. */
public final class HdfsProcess extends ServerProcess {
    private final int port;

    private HdfsProcess(Path directory, int port) {
        super(
                directory,
                List.of(directory.resolve("hdfs").toString(), Integer.toString(port), Integer.toString(Ports.free())));
        this.port = port;
    }

    /** Starts HDFS on free ports with its data in a directory; returns when it accepts files. */
    public static HdfsProcess start(Path directory) throws IOException {
        HdfsProcess hdfs = new HdfsProcess(directory, Ports.free());
        hdfs.startAgain();
        return hdfs;
    }

    /** Runs HDFS. Arguments: the directory, the ports, and the file that receives the process id when HDFS is ready. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        serve(
                new LocalHdfs(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])),
                Path.of(arguments[3]));
    }

    /** Returns the address of the NameNode. */
    public String uri() {
        return "hdfs://localhost:" + port;
    }

    /** Returns a new client of the superuser. */
    public DistributedFileSystem superuser() throws IOException {
        DistributedFileSystem client = new DistributedFileSystem();
        client.initialize(URI.create(uri()), new Configuration());
        return client;
    }
}
