package io.wadi.testing;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that can be opened, but not be read: {@code net} of a process that has ended and is not reaped, which
 * Linux fails to read, until this instance is closed.
 */
public final class UnreadableDirectory implements AutoCloseable {
    private final Process parent;
    private final Path path;

    public UnreadableDirectory() throws IOException {
        Process started = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec sleep 600").start();
        try (BufferedReader output = started.inputReader()) {
            long child = Long.parseLong(output.readLine());
            // A shell would reap the process.
            await().until(() -> Files.readString(proc(started.pid(), "comm")).equals("sleep\n"));
            ProcessHandle.of(child).orElseThrow().destroyForcibly();
            await().until(() -> Files.readString(proc(child, "stat")).contains(") Z "));
            path = proc(child, "net");
        } catch (IOException | RuntimeException e) {
            started.destroyForcibly();
            throw e;
        }
        parent = started;
    }

    private static Path proc(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    /** Returns the directory. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        parent.destroyForcibly();
    }
}
