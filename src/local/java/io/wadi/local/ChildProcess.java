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
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A command in its own session, so that Ctrl-C in the terminal reaches this JVM only. It does not outlive this JVM: a
 * shell reads from a pipe that the kernel closes when this JVM ends. The shell then sends SIGTERM to the command and,
 * {@link #GRACE_SECONDS} later, SIGKILL to the command and its descendants.
 */
public final class ChildProcess {
    /** Seconds that a child has to stop after the end of this JVM. */
    static final int GRACE_SECONDS = 10;

    /** A line on standard input requests an orderly stop; the end of input means that this JVM has ended. */
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
     * @param prefix a command prefix such as one that changes the user; may be empty
     * @param environment variables that are added to those of this JVM
     * @param output receives standard output and standard error
     * @throws IOException if the shell cannot be started; an invalid command ends with exit code 127
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

    /**
     * Returns a command prefix that removes variables of this JVM's environment.
     *
     * @param names matches the names of the variables as a whole
     */
    public static List<String> withoutVariables(Pattern names) {
        List<String> prefix = new ArrayList<>(List.of("env"));
        System.getenv().keySet().stream()
                .filter(names.asMatchPredicate())
                .sorted()
                .forEach(name -> prefix.addAll(List.of("-u", name)));
        return prefix;
    }

    /** Starts a command in the environment of this JVM, and appends its output to a log. */
    public static ChildProcess start(List<String> command, Path workingDirectory, Path log) throws IOException {
        return start(List.of(), command, Map.of(), workingDirectory, ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /**
     * Waits until the command is ready, at most for {@link ChildJvm#START_TIMEOUT}.
     *
     * @param name the name of the command, for errors
     * @param log the log of the command, for errors
     * @param ready returns whether it is ready; an IOException means not yet
     * @throws IOException if the command has ended, or is not ready in time
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

    /** Returns the command's output, unless redirected to a file. */
    InputStream output() {
        return process.getInputStream();
    }

    public boolean running() {
        return process.isAlive();
    }

    /** Returns the process of the command, a child of the shell; the shell itself if the command has ended. */
    public ProcessHandle command() {
        String shell = process.info().command().orElse("");
        return process.children()
                .filter(child -> !child.info().command().orElse(shell).equals(shell))
                .findFirst()
                .orElse(process.toHandle());
    }

    /** Returns the exit code, 128 plus the signal's number after a signal. Valid after the end of the command. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Waits for the end of the command; returns whether it has ended within the timeout. */
    public boolean waitFor(Duration timeout) throws IOException {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for a process", e);
        }
    }

    /** Sends SIGTERM and returns immediately. */
    public void requestStop() {
        OutputStream lifeline = process.getOutputStream();
        try {
            lifeline.write('\n');
            lifeline.flush();
        } catch (IOException e) {
            // The command has ended already.
        }
    }

    /** Kills the command and its descendants; returns when the command has ended. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
