package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program of this machine, as one has it in a terminal. */
public final class Program {
    private Program() {}

    /**
     * A command that has ended.
     *
     * @param code its exit code
     * @param output standard output and error, without the last line break
     */
    public record Ended(int code, String output) {}

    /** The program's file on the PATH. */
    public static Optional<Path> find(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Whether it is on the PATH. */
    public static boolean isThere(String name) {
        return find(name).isPresent();
    }

    /** Returns its output and exit code; 127 if it is not installed. */
    public static Ended attempt(String... command) throws IOException {
        return attempt(ProcessBuilder.Redirect.PIPE, command);
    }

    /** The same with an input. */
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

    /** Returns its output. It must exit with 0. */
    public static String run(String... command) throws IOException {
        Ended ended = attempt(command);
        if (ended.code() != 0) {
            throw new AssertionError(
                    "%s ended with %d: %s".formatted(String.join(" ", command), ended.code(), ended.output()));
        }
        return ended.output();
    }
}
