package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The paths of a benchmark in the project: build results, working directory and result file.
 *
 * @param project the project's directory
 * @param bench the benchmark's name
 */
record BenchHome(Path project, String bench) {

    /** Returns the working directory of the benchmark. */
    Path work() {
        return project.resolve("target/bench").resolve(bench);
    }

    /** Returns the path of the result file, relative to the project's directory. */
    String result() {
        return "target/bench/" + bench + ".json";
    }

    /** Returns the jar of Wadi as shipped. */
    Path jar() {
        return project.resolve("target/wadi.jar");
    }

    /** Returns the jar of another build of Wadi, measured as the subject {@code other}. */
    static Path otherJar(String file) throws IOException {
        if (!Files.isRegularFile(Path.of(file))) {
            throw new IOException("The subject other needs --other-jar FILE, found \"" + file + "\"");
        }
        return Path.of(file);
    }

    /** Returns a file of one round, with the round's name and an ending. */
    Path ofRound(String round, String ending) {
        return work().resolve("rounds").resolve(round + ending);
    }

    /** Deletes the files of earlier runs. */
    void clean() throws IOException {
        delete(work());
        Files.createDirectories(work().resolve("rounds"));
    }

    /**
     * Copies files of the shipped configuration to a directory; their names are relative to the project's directory.
     */
    void copyConfiguration(List<String> names, Path to) throws IOException {
        for (String each : names) {
            Path copy = to.resolve(each);
            Files.createDirectories(copy.getParent());
            Files.copy(project.resolve(each), copy, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Returns the beginning of a subject's command: Java with the heap size and the flags of all subjects. */
    List<String> java(String round) {
        return java(round, "256m");
    }

    /** Returns the beginning of a subject's command with another heap size. */
    List<String> java(String round, String heap) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "@" + project.resolve("jvm.options")));
        String flags = System.getProperty("bench.java", "");
        if (!flags.isBlank()) {
            command.addAll(List.of(flags.replace("NAME", round).split(" ", -1)));
        }
        return command;
    }

    /**
     * Returns the class path of a module of src/bench/subjects; that of the module {@code own} includes the given jar
     * of Wadi.
     */
    String classPath(String module, Path jar) throws IOException {
        Path built = project.resolve("target/bench/subjects").resolve(module);
        String libraries = module.equals("own")
                ? jar.toAbsolutePath().toString()
                : Files.readString(built.resolve("class.path")).strip();
        return built.resolve("classes") + File.pathSeparator + libraries;
    }

    /** Returns the commit that is measured, or "unknown". */
    String commit() throws IOException {
        Process git = new ProcessBuilder("git", "-C", project.toString(), "describe", "--always", "--dirty").start();
        String output = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
        return output.isEmpty() ? "unknown" : output;
    }

    /** Deletes a directory with its contents if it exists. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            walk.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
