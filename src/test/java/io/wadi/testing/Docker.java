package io.wadi.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Docker as one has it in a terminal. */
public final class Docker {
    /** Why tests are skipped where {@link #answers} says no. */
    public static final String MISSING = "Skipped: no Docker engine answers to the command docker, or there is no such"
            + " command. On Debian and Ubuntu: apt-get install docker.io";

    /**
     * A command that has ended.
     *
     * @param code its exit code
     * @param said what it printed, without the last line break
     */
    public record Ended(int code, String said) {}

    private Docker() {}

    /** Whether there is an engine to work with. Where there is none, that is also said on the console. */
    public static boolean answers() throws IOException {
        boolean answers = attempt("version", "--format", "{{.Server.Version}}").code() == 0;
        if (!answers) {
            System.err.println(MISSING);
        }
        return answers;
    }

    /** What a command prints, which has to go well. */
    public static String run(String... arguments) throws IOException {
        Ended ended = attempt(arguments);
        if (ended.code() != 0) {
            throw new AssertionError(
                    "docker %s ended with %d: %s".formatted(String.join(" ", arguments), ended.code(), ended.said()));
        }
        return ended.said();
    }

    /** A command, however it ends; 127 where there is no docker. */
    public static Ended attempt(String... arguments) throws IOException {
        return ended(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList());
    }

    /** Makes the base images of docker/Dockerfile on this machine, which has to be root's; takes a minute or two. */
    public static Ended makeBases() throws IOException {
        return ended(List.of("docker/local-base"));
    }

    static Ended ended(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(Path.of("").toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noSuchCommand) {
            return new Ended(127, noSuchCommand.getMessage());
        }
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), said.strip());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for " + command, e);
        }
    }
}
