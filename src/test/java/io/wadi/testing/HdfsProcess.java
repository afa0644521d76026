package io.wadi.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.awaitility.Awaitility;

/**
 * An HDFS of one NameNode and one DataNode in a JVM of its own, which can be frozen: its connections stay, and nothing answers
 * on them. And it can be killed, and started again on what it had.
 */
public final class HdfsProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final int port = Ports.free();
    private final int webPort = Ports.free();
    private ChildProcess process;
    private String pid;

    private HdfsProcess(Path directory) {
        this.directory = directory;
    }

    /** Starts one on free ports and returns when it takes files; everything it keeps is in this directory. */
    public static HdfsProcess start(Path directory) {
        HdfsProcess hdfs = new HdfsProcess(directory);
        hdfs.startAgain();
        return hdfs;
    }

    /** Starts it after {@link #kill}, at the same address and with what it has on disk; returns when it takes files. */
    public void startAgain() {
        Path ready = directory.resolve("ready");
        try {
            Files.deleteIfExists(ready);
            process = ChildProcess.start(
                    List.of(),
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HdfsProcess.class.getName(),
                            directory.resolve("hdfs").toString(),
                            Integer.toString(port),
                            Integer.toString(webPort),
                            ready.toString()),
                    Map.of(),
                    Path.of("."),
                    ProcessBuilder.Redirect.appendTo(
                            directory.resolve("hdfs.log").toFile()));
            Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(ready));
            pid = Files.readString(ready);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process: takes its directory, its ports, and the file to put its id into when it takes files. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new LocalHdfs(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])).start();
        Path ready = Path.of(arguments[3]);
        Path written = Files.writeString(
                ready.resolveSibling("starting"),
                Long.toString(ProcessHandle.current().pid()));
        Files.move(written, ready);
        new CountDownLatch(1).await();
    }

    /** The NameNode. */
    public String uri() {
        return "hdfs://localhost:" + port;
    }

    /** A client of the superuser; to be closed. */
    public DistributedFileSystem superuser() throws IOException {
        DistributedFileSystem client = new DistributedFileSystem();
        client.initialize(URI.create(uri()), new Configuration());
        return client;
    }

    /** Ends the process where it stands (kill -9); returns when it is gone. */
    public void kill() {
        process.kill();
    }

    /** Stops the process where it stands. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, pid).start().waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid + " ended with " + code);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
