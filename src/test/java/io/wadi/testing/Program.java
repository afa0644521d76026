package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An installed program. */
public final class Program {
    private Program() {}

    /**
     * The result of a command that has exited.
     *
     * @param code the exit code
     * @param output the standard output and error, without the last line break
     */
    public record Ended(int code, String output) {}

    /** Returns the program's file on the PATH. */
    public static Optional<Path> find(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Returns whether the program is on the PATH. */
    public static boolean isThere(String name) {
        return find(name).isPresent();
    }

    /** Runs a command and returns its output and exit code; 127 if it is not installed. */
    public static Ended attempt(String... command) throws IOException {
        return attempt(ProcessBuilder.Redirect.PIPE, command);
    }

    /** Runs a command with an input and returns its output and exit code. */
    public static Ended attempt(ProcessBuilder.Redirect input, String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(input)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noSuchCommand) {
            return new Ended(127, noSuchCommand.getMessage());
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Ended(process.waitFor(), output.strip());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for " + List.of(command), e);
        }
    }

    /** Runs a command that must exit with 0, and returns its output. */
    public static String run(String... command) throws IOException {
        Ended ended = attempt(command);
        if (ended.code() != 0) {
            throw new AssertionError(
                    "%s ended with %d: %s".formatted(String.join(" ", command), ended.code(), ended.output()));
        }
        return ended.output();
    }
}
