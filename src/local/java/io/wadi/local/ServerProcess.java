package io.wadi.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A server in its own JVM, which can be frozen, so that its connections stay open without responses, killed, and
 * restarted with its data.
 */
public abstract class ServerProcess implements AutoCloseable {
    private final Path directory;
    private final List<String> arguments;
    private ChildProcess process;
    private long pid;

    /**
     * Creates a server without starting it. The main class is the subclass.
     *
     * @param directory the data directory
     * @param arguments arguments of the main method, before the file for {@link #serve}
     */
    protected ServerProcess(Path directory, List<String> arguments) {
        this.directory = directory;
        this.arguments = arguments;
    }

    /** Starts the server, also after {@link #kill}, at the same address with its data; returns when it is ready. */
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

    /** Starts the server in this process, and writes the process id to a file when it is ready; does not return. */
    protected static void serve(LocalServer server, Path ready) throws IOException, InterruptedException {
        server.start();
        Path written = Files.writeString(
                ready.resolveSibling("starting"),
                Long.toString(ProcessHandle.current().pid()));
        Files.move(written, ready);
        new CountDownLatch(1).await();
    }

    /** Returns the process id. */
    public final long pid() {
        return pid;
    }

    /** Returns the output of all starts. */
    public final String output() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the process with SIGKILL; returns when it has ended. */
    public final void kill() {
        process.kill();
    }

    /** Suspends the process with SIGSTOP. */
    public final void freeze() throws IOException, InterruptedException {
        Signal.send("STOP", pid);
    }

    /** Resumes the process with SIGCONT. */
    public final void thaw() throws IOException, InterruptedException {
        Signal.send("CONT", pid);
    }

    @Override
    public final void close() {
        kill();
    }
}
