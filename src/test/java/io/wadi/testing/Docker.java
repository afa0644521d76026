package io.wadi.testing;

import java.io.IOException;
import java.util.stream.Stream;

/** The {@code docker} command of this machine. */
public final class Docker {
    /** Why tests are skipped if {@link #answers} returns false. */
    public static final String MISSING = "Skipped: no Docker engine answers to the command docker, or there is no such"
            + " command. On Debian and Ubuntu: apt-get install docker.io";

    private Docker() {}

    /** Returns whether a Docker engine is available; prints the reason if there is none. */
    public static boolean answers() throws IOException {
        boolean answers = attempt("version", "--format", "{{.Server.Version}}").code() == 0;
        if (!answers) {
            System.err.println(MISSING);
        }
        return answers;
    }

    /** Returns the output of a command, which must succeed. */
    public static String run(String... arguments) throws IOException {
        return Program.run(command(arguments));
    }

    /** Returns the output and exit code of a command; the exit code is 127 if docker is not installed. */
    public static Program.Ended attempt(String... arguments) throws IOException {
        return Program.attempt(command(arguments));
    }

    private static String[] command(String... arguments) {
        return Stream.concat(Stream.of("docker"), Stream.of(arguments)).toArray(String[]::new);
    }

    /** Builds the base images of docker/Dockerfile, which requires root and takes a minute or two. */
    public static Program.Ended makeBases() throws IOException {
        return Program.attempt("docker/local-base");
    }
}
