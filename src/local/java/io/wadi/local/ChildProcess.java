package io.wadi.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A command in a session of its own, so that Ctrl-C in the terminal reaches this JVM only, and one that does not
 * outlive this JVM however that ends: a shell beside it holds the other end of a pipe which the kernel closes with us.
 * Then the command gets SIGTERM and, where it is still there {@link #GRACE_SECONDS} later, SIGKILL with all it started.
 */
public final class ChildProcess {
    /** How long a child may take to stop once this JVM is gone. */
    static final int GRACE_SECONDS = 10;

    /** A line on standard input asks the command to stop in its own time; the end of input is our own end. */
    private static final String LIFELINE = """
            grace=$1; shift
            exec 3<&0
            "$@" </dev/null 3<&- &
            child=$!
            {
              if read -r _ <&3; then kill -TERM $child; read -r _ <&3; fi
              kill -TERM $child
              while [ $grace -gt 0 ]; do
                kill -0 $child || exit 0
                sleep 1
                grace=$((grace - 1))
              done
              kill -KILL 0
            } >/dev/null 2>&1 &
            lifeline=$!
            exec 3<&-
            wait $child
            code=$?
            kill $lifeline 2>/dev/null
            exit $code
            """;

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a command.
     *
     * @param prefix what changes the user or so before it executes the rest; may be empty
     * @param environment added to ours
     * @param output where standard output and standard error go together
     * @throws IOException the command could not be started; where only the command itself is at fault, it ends with 127
     */
    public static ChildProcess start(
            List<String> prefix,
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            ProcessBuilder.Redirect output)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add("setsid");
        line.addAll(prefix);
        line.addAll(List.of("sh", "-c", LIFELINE, "lifeline", String.valueOf(GRACE_SECONDS)));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start());
    }

    /** Starts a command in our environment. Its log is appended to. */
    public static ChildProcess start(List<String> command, Path workingDirectory, Path log) throws IOException {
        return start(List.of(), command, Map.of(), workingDirectory, ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /**
     * Waits until the command is ready, at most for {@link ChildJvm#START_TIMEOUT}.
     *
     * @param name of the command, for errors
     * @param log of the command, for errors
     * @param ready whether it is; an IOException says that it is not yet
     * @throws IOException the command has ended, or is not ready in time
     */
    public void awaitReady(String name, Path log, Callable<Boolean> ready) throws IOException {
        try {
            Awaitility.await()
                    .atMost(ChildJvm.START_TIMEOUT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> !running() || ready.call());
        } catch (ConditionTimeoutException e) {
            throw new IOException(
                    "%s is not ready after %d s, see %s".formatted(name, ChildJvm.START_TIMEOUT.toSeconds(), log), e);
        }
        if (!running()) {
            throw new IOException("%s ended with code %d, see %s".formatted(name, exitCode(), log));
        }
    }

    /** What the command prints, where its output was not redirected to a file. */
    InputStream output() {
        return process.getInputStream();
    }

    /** Whether the command has not ended yet. */
    public boolean running() {
        return process.isAlive();
    }

    /** The process that executes the command, beside the shell that started it; the shell's own where it has ended. */
    public ProcessHandle command() {
        String shell = process.info().command().orElse("");
        return process.children()
                .filter(child -> !child.info().command().orElse(shell).equals(shell))
                .findFirst()
                .orElse(process.toHandle());
    }

    /** The exit code, 128 and the signal's number where it died of one. Only once it is not {@link #running}. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Waits until the command has ended, at most this long; tells whether it has. */
    public boolean waitFor(Duration patience) throws IOException {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for a process", e);
        }
    }

    /** Sends SIGTERM and returns at once. */
    public void askToStop() {
        OutputStream lifeline = process.getOutputStream();
        try {
            lifeline.write('\n');
            lifeline.flush();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    /** Ends the command and all it started at once; returns when the command has ended. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
