package io.wadi.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A program of this machine, as one has it in a terminal, for tests of what it says about files. */
public final class Program {
    private Program() {}

    /** Whether it is on the PATH. */
    public static boolean isThere(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, name)));
    }

    /** What it prints, and how it ends; 127 where there is none. */
    public static Docker.Ended attempt(String... command) throws IOException {
        return Docker.ended(List.of(command));
    }
}
