package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.MirrorRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** {@code ./wadi mirror FILE} in a JVM of its own. */
public final class MirrorProcess implements AutoCloseable {
    private final ChildProcess process;
    private final Path output;

    private MirrorProcess(ChildProcess process, Path output) {
        this.process = process;
        this.output = output;
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
        List<String> arguments = new ArrayList<>(
                List.of(file.toString(), "--data", directory.resolve("data").toString()));
        ChildProcess process = ChildProcess.start(
                List.of(),
                ChildJvm.command(MirrorRun.class.getName(), List.of("-Xmx384m"), arguments),
                environment,
                Path.of("."),
                ProcessBuilder.Redirect.to(output.toFile()));
        return new MirrorProcess(process, output);
    }

    /** Returns the output so far. */
    public String output() throws IOException {
        return Files.readString(output);
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
