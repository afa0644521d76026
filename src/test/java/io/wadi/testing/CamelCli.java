package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.ChildJvm;
import io.wadi.local.Signal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;

/** Camel's CLI, the command {@code camel}, as a child process. */
public final class CamelCli implements AutoCloseable {
    private static final Path HOME = Path.of("src/test/camel-cli").toAbsolutePath();

    private final Process process;
    private final Path log;

    private CamelCli(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code camel run}. Wadi and its libraries are on its dependency list, so the CLI loads them in a class
     * loader of its own, as it does with {@code --dep} and with {@code wadi.jar}.
     *
     * @param directory the working directory, which also gets the log {@code camel.log}
     * @param options further options of the JVM
     * @param words the arguments of {@code camel run}
     */
    public static CamelCli run(Path directory, List<String> options, List<String> words)
            throws IOException, InterruptedException {
        Path wadi = directory.resolve("wadi-classes.jar").toAbsolutePath();
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        int code = jar.run(
                System.out, System.err, "--create", "--no-compress", "--file", wadi.toString(), "-C", classes(), ".");
        if (code != 0) {
            throw new AssertionError("jar exited with code " + code);
        }
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(words);
        all.add(wadi.toString());
        libraries().forEach(all::add);
        return start(directory, cli(), options, all);
    }

    /**
     * Starts another command, with Wadi and its libraries behind the CLI's own on one class path.
     *
     * @param directory the working directory, which also gets the log {@code camel.log}
     * @param words the arguments of {@code camel}
     */
    public static CamelCli start(Path directory, List<String> words) throws IOException, InterruptedException {
        String classPath =
                Stream.concat(Stream.of(cli(), classes()), libraries()).collect(Collectors.joining(File.pathSeparator));
        return start(directory, classPath, List.of(), words);
    }

    private static CamelCli start(Path directory, String classPath, List<String> options, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ChildJvm.java(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // The CLI keeps state in the home directory, and also reads files of Maven's local repository.
                "-Duser.home=" + directory.toAbsolutePath(),
                "-Dmaven.repo.local=" + Path.of(System.getProperty("user.home"), ".m2", "repository")));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, HOME.resolve("Camel.java").toString()));
        command.addAll(words);
        Path log = directory.resolve("camel.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new CamelCli(process, log);
    }

    private static String classes() {
        return Path.of("target", "classes").toAbsolutePath().toString();
    }

    private static Stream<String> libraries() throws IOException {
        return Stream.of(Files.readString(Path.of("target", "run.classpath")).split(File.pathSeparator))
                // The CLI logs with Log4j.
                .filter(jar -> !jar.contains("logback"));
    }

    private static String cli() throws IOException, InterruptedException {
        Path cli = Path.of("target", "camel-cli.classpath");
        if (Files.notExists(cli)) {
            resolve(cli);
        }
        return Files.readString(cli);
    }

    /** Resolves the CLI's class path with Maven, once for each clean build. */
    private static void resolve(Path cli) throws IOException, InterruptedException {
        Path log = Path.of("target", "camel-cli.log");
        ProcessBuilder command = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        HOME.toString(),
                        "-Dcamel.version=" + CamelContext.class.getPackage().getImplementationVersion(),
                        "-Dmdep.outputFile=" + cli.toAbsolutePath(),
                        "dependency:build-classpath")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        Process maven = command.start();
        boolean hasEnded = maven.waitFor(10, TimeUnit.MINUTES);
        maven.destroy();
        if (!hasEnded || maven.exitValue() != 0) {
            throw new AssertionError("mvn could not resolve Camel's CLI: " + Files.readString(log));
        }
    }

    /** Returns the output so far. */
    public String output() throws IOException {
        return Files.readString(log, UTF_8);
    }

    /** Returns whether the process is running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGTERM and returns the exit code; waits longer than any stop takes. */
    public int stop() throws IOException, InterruptedException {
        Signal.send("TERM", process.pid());
        return awaitEnd();
    }

    /** Waits until the process exits, even before its start is complete, and returns the exit code. */
    public int awaitEnd() {
        Awaitility.await("end, see " + log).atMost(ChildJvm.START_TIMEOUT).until(() -> !process.isAlive());
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
