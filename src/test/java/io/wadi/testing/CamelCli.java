package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;

/**
 * Camel's CLI, as {@code camel …} runs it, as a child process. The libraries of Wadi are behind its own on one class path, which
 * is the order it looks for classes in where it is told of Wadi by {@code --dep}.
 */
public final class CamelCli implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path HOME = Path.of("src/test/camel-cli").toAbsolutePath();

    private final Process process;
    private final Path log;

    private CamelCli(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a command.
     *
     * @param directory its working directory, where it leaves files, and its log, {@code camel.log}
     * @param options of its JVM
     * @param words what stands after {@code camel}
     */
    public static CamelCli start(Path directory, List<String> options, List<String> words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ChildJvm.java(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                // Where it keeps the state of all that it runs; it reads some files of Maven's repository, too.
                "-Duser.home=" + directory.toAbsolutePath(),
                "-Dmaven.repo.local=" + Path.of(System.getProperty("user.home"), ".m2", "repository")));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), HOME.resolve("Camel.java").toString()));
        command.addAll(words);
        Path log = directory.resolve("camel.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new CamelCli(process, log);
    }

    private static String classPath() throws IOException, InterruptedException {
        Path cli = Path.of("target", "camel-cli.classpath");
        if (Files.notExists(cli)) {
            resolve(cli);
        }
        Stream<String> wadi = Stream.of(
                        Files.readString(Path.of("target", "run.classpath")).split(File.pathSeparator))
                // The CLI logs by log4j.
                .filter(jar -> !jar.contains("logback"));
        return Stream.of(
                        Stream.of(Files.readString(cli)),
                        Stream.of(Path.of("target", "classes").toAbsolutePath().toString()),
                        wadi)
                .flatMap(each -> each)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Once after each clean. */
    private static void resolve(Path cli) throws IOException, InterruptedException {
        Path log = Path.of("target", "camel-cli.log");
        Process maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        HOME.toString(),
                        "-Dcamel.version=" + CamelContext.class.getPackage().getImplementationVersion(),
                        "-Dmdep.outputFile=" + cli.toAbsolutePath(),
                        "dependency:build-classpath")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean hasEnded = maven.waitFor(10, TimeUnit.MINUTES);
        maven.destroy();
        if (!hasEnded || maven.exitValue() != 0) {
            throw new AssertionError("mvn could not find Camel's CLI: " + Files.readString(log));
        }
    }

    /** What it has said so far. */
    public String said() throws IOException {
        return Files.readString(log, UTF_8);
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM; returns the exit code. Waits for longer than any stop takes. */
    public int stop() throws IOException, InterruptedException {
        Signal.send("TERM", process.pid());
        return awaitEnd();
    }

    /** Waits until it ends, as long as a minute; returns the exit code. */
    public int awaitEnd() {
        Awaitility.await("end, see " + log).atMost(PATIENCE).until(() -> !process.isAlive());
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
