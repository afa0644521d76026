package io.wadi.testing;

import java.io.IOException;
import java.util.stream.Stream;

/** Docker as one has it in a terminal. */
public final class Docker {
    /** Why tests are skipped if {@link #answers} returns false. */
    public static final String MISSING = "Skipped: no Docker engine answers to the command docker, or there is no such"
            + " command. On Debian and Ubuntu: apt-get install docker.io";

    private Docker() {}

    /** Whether there is an engine to work with. Where there is none, that is also printed. */
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

    /** A command, however it ends; 127 where there is no docker. */
    public static Program.Ended attempt(String... arguments) throws IOException {
        return Program.attempt(command(arguments));
    }

    private static String[] command(String... arguments) {
        return Stream.concat(Stream.of("docker"), Stream.of(arguments)).toArray(String[]::new);
    }

    /** Makes the base images of docker/Dockerfile on this machine, which has to be root's; takes a minute or two. */
    public static Program.Ended makeBases() throws IOException {
        return Program.attempt("docker/local-base");
    }
}
