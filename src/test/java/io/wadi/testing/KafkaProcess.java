package io.wadi.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;

/**
 * A Kafka broker in a JVM of its own, which can be frozen: its connections stay, and nothing answers on them. And it can be
 * killed, and started again on what it had.
 */
public final class KafkaProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private ChildProcess process;
    private String pid;

    private KafkaProcess(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a broker on a free port and returns when it answers; everything it keeps is in this directory. */
    public static KafkaProcess start(Path directory) throws IOException {
        KafkaProcess kafka = new KafkaProcess(directory, Ports.free());
        kafka.startAgain();
        return kafka;
    }

    /** Starts it after {@link #kill}, at the same address and with what it has on disk; returns when it answers. */
    public void startAgain() throws IOException {
        Path ready = directory.resolve("ready");
        Files.deleteIfExists(ready);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaProcess.class.getName(),
                directory.resolve("kafka").toString(),
                Integer.toString(port),
                ready.toString());
        process = ChildProcess.start(
                List.of(),
                command,
                Map.of(),
                Path.of("."),
                ProcessBuilder.Redirect.appendTo(directory.resolve("kafka.log").toFile()));
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(ready));
        pid = Files.readString(ready);
    }

    /** The process: takes its directory, its port, and the file to put its id into when it answers. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new LocalKafka(Path.of(arguments[0]), Integer.parseInt(arguments[1])).start();
        Path ready = Path.of(arguments[2]);
        Path written = Files.writeString(
                ready.resolveSibling("starting"),
                Long.toString(ProcessHandle.current().pid()));
        Files.move(written, ready);
        new CountDownLatch(1).await();
    }

    /** The value of {@code bootstrap.servers}. */
    public String brokers() {
        return "localhost:" + port;
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
