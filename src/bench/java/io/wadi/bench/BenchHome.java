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
 * The project as a benchmark uses it: what it has built, a directory to work in, and where the result goes.
 *
 * @param project the project's directory
 * @param bench the benchmark's name
 */
record BenchHome(Path project, String bench) {

    /** The working directory of the benchmark. */
    Path work() {
        return project.resolve("target/bench").resolve(bench);
    }

    /** The result, from the project's directory on. */
    String result() {
        return "target/bench/" + bench + ".json";
    }

    /** Wadi as shipped. */
    Path jar() {
        return project.resolve("target/wadi.jar");
    }

    /** Another build of Wadi, measured as the subject {@code other}. */
    static Path otherJar(String file) throws IOException {
        if (!Files.isRegularFile(Path.of(file))) {
            throw new IOException("The subject other needs --other-jar FILE, found \"" + file + "\"");
        }
        return Path.of(file);
    }

    /** The files of one round; their names begin with the round's. */
    Path ofRound(String round, String ending) {
        return work().resolve("rounds").resolve(round + ending);
    }

    /** Leaves nothing of an earlier run. */
    void clean() throws IOException {
        delete(work());
        Files.createDirectories(work().resolve("rounds"));
    }

    /** Copies parts of the shipped configuration to a directory; names from the project's directory on. */
    void copyConfiguration(List<String> names, Path to) throws IOException {
        for (String each : names) {
            Path copy = to.resolve(each);
            Files.createDirectories(copy.getParent());
            Files.copy(project.resolve(each), copy, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The beginning of a subject's command: Java with the heap and the flags that every subject gets. */
    List<String> java(String round) {
        return java(round, "256m");
    }

    /** The same with another heap. */
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

    /** The class path of a module of src/bench/subjects; what is written by hand runs on the given jar of Wadi. */
    String classPath(String module, Path jar) throws IOException {
        Path built = project.resolve("target/bench/subjects").resolve(module);
        String libraries = module.equals("own")
                ? jar.toAbsolutePath().toString()
                : Files.readString(built.resolve("class.path")).strip();
        return built.resolve("classes") + File.pathSeparator + libraries;
    }

    /** The commit that is measured, or "unknown". */
    String commit() throws IOException {
        Process git = new ProcessBuilder("git", "-C", project.toString(), "describe", "--always", "--dirty").start();
        String output = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
        return output.isEmpty() ? "unknown" : output;
    }

    /** Deletes a directory with all in it; there need not be one. */
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
