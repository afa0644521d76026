package io.wadi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.MirrorRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;

/** {@code ./wadi mirror FILE} in a JVM of its own. */
public final class MirrorProcess implements AutoCloseable {
    private final ChildProcess process;
    private final Path output;
    private final Path log;

    private MirrorProcess(ChildProcess process, Path output, Path log) {
        this.process = process;
        this.output = output;
        this.log = log;
    }

    /** Writes a file of docker/mirror, with the addresses of its clusters by their aliases, to a directory. */
    public static Path file(String name, Map<String, Cluster> clusters, Path directory) throws IOException {
        String text = Files.readString(Path.of("docker/mirror", name + ".properties"));
        for (Map.Entry<String, Cluster> each : clusters.entrySet()) {
            String variable = "${env:WADI_MIRROR_" + each.getKey().toUpperCase(Locale.ROOT) + "}";
            assertThat(text).contains(variable);
            text = text.replace(variable, each.getValue().brokers());
        }
        return Files.writeString(Files.createTempFile(directory, name, ".properties"), text);
    }

    /**
     * Starts a mirror; returns when MirrorMaker is running.
     *
     * @param directory the directory for its log
     * @param environment the variables that the file refers to, such as the clusters' addresses
     */
    public static MirrorProcess start(Path file, Path directory, Map<String, String> environment) throws IOException {
        MirrorProcess started = begin(file, directory, environment);
        started.process.awaitReady(
                "The mirror", started.output, () -> started.output().contains("MirrorMaker runs"));
        return started;
    }

    /** Runs a mirror that exits by itself because it rejects its file, and returns its output. */
    public static String refused(Path file, Path directory, Map<String, String> environment) throws IOException {
        try (MirrorProcess started = begin(file, directory, environment)) {
            Awaitility.await().atMost(ChildJvm.START_TIMEOUT).until(() -> !started.process.running());
            return started.output();
        }
    }

    private static MirrorProcess begin(Path file, Path directory, Map<String, String> environment) throws IOException {
        Path output = Files.createTempFile(Files.createDirectories(directory), "mirror-", ".log");
        Path data = directory.resolve("data");
        List<String> arguments = List.of(file.toString(), "--data", data.toString());
        ChildProcess process = ChildProcess.start(
                List.of(),
                ChildJvm.command(MirrorRun.class.getName(), List.of("-Xmx384m"), arguments),
                environment,
                Path.of("."),
                ProcessBuilder.Redirect.to(output.toFile()));
        return new MirrorProcess(process, output, data.resolve("servers.log"));
    }

    /** Returns the output so far. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    /** Returns MirrorMaker's log so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends the process with SIGKILL; returns when it has exited. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
    }
}
