package io.wadi.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A server in a JVM of its own, which can be frozen: its connections stay, and nothing answers on them. And it can be killed,
 * and started again on what it had.
 */
public abstract class ServerProcess implements AutoCloseable {
    private final Path directory;
    private final List<String> arguments;
    private ChildProcess process;
    private long pid;

    /**
     * One that is not started yet. Its main class is the one that extends this.
     *
     * @param directory keeps all that the server has
     * @param arguments of its main method, before the file to name to {@link #serve}
     */
    protected ServerProcess(Path directory, List<String> arguments) {
        this.directory = directory;
        this.arguments = arguments;
    }

    /** Starts it, also after {@link #kill}, at the same address and with what it has on disk; returns when it answers. */
    public final void startAgain() throws IOException {
        Path ready = directory.resolve("ready");
        Files.deleteIfExists(ready);
        List<String> all = new ArrayList<>(arguments);
        all.add(ready.toString());
        Path log = directory.resolve("log");
        process =
                ChildProcess.start(ChildJvm.command(getClass().getName(), List.of("-Xmx256m"), all), Path.of("."), log);
        process.awaitReady(getClass().getSimpleName(), log, () -> Files.exists(ready));
        pid = Long.parseLong(Files.readString(ready));
    }

    /** Starts the server in this process, which has its id written to a file when it answers; does not return. */
    protected static void serve(LocalServer server, Path ready) throws IOException, InterruptedException {
        server.start();
        Path written = Files.writeString(
                ready.resolveSibling("starting"),
                Long.toString(ProcessHandle.current().pid()));
        Files.move(written, ready);
        new CountDownLatch(1).await();
    }

    /** Its process. */
    public final long pid() {
        return pid;
    }

    /** What it has printed since the first start. */
    public final String said() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process where it stands (kill -9); returns when it is gone. */
    public final void kill() {
        process.kill();
    }

    /** Stops the process where it stands. */
    public final void freeze() throws IOException, InterruptedException {
        Signal.send("STOP", pid);
    }

    /** Lets it go on. */
    public final void thaw() throws IOException, InterruptedException {
        Signal.send("CONT", pid);
    }

    @Override
    public final void close() {
        kill();
    }
}
