package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;

/** {@code ./wadi up} on ports of the test, in a copy of the project's directory that includes the files of a build. */
final class UpProcess implements AutoCloseable {
    /** The timeout for the start of the servers and then of the pipeline. */
    static final Duration LONG = ChildJvm.START_TIMEOUT.multipliedBy(2);

    private static final List<String> PROJECT = List.of(
            "wadi",
            "jvm.options",
            "application.properties",
            "topics.yaml",
            "alerts.yaml",
            "routes",
            "schemas",
            "streams",
            "elasticsearch");
    private static final List<String> BUILT =
            List.of("wadi.jar", "classes", "test-classes", "test.classpath", "elasticsearch");

    private final ServerPorts servers = ServerPorts.free();
    private final int http = Ports.free();
    private final int management = Ports.free();
    private final Path home;
    private final Path output;
    private ChildProcess up;

    UpProcess() throws IOException {
        Path project = Path.of("").toAbsolutePath();
        home = Files.createTempDirectory(Files.createDirectories(project.resolve("target/servers")), "up-");
        // If this user is root, Elasticsearch runs as another user.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String file : PROJECT) {
            try (Stream<Path> files = Files.walk(Path.of(file))) {
                for (Path each : files.toList()) {
                    Files.copy(each, home.resolve(each), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        Path target = Files.createDirectory(home.resolve("target"));
        for (String file : BUILT) {
            Path built = project.resolve("target").resolve(file);
            assertThat(built).as("run mvn -q -DskipTests package before").exists();
            Files.createSymbolicLink(target.resolve(file), built);
        }
        Files.createFile(target.resolve("wadi.built"));
        output = target.resolve("terminal.log");
    }

    /** Starts the command, and returns when the pipeline is ready. */
    void start(Map<String, String> environment) throws IOException {
        if (Files.exists(output)) {
            Files.move(output, output.resolveSibling("terminal-before.log"), StandardCopyOption.REPLACE_EXISTING);
        }
        Map<String, String> all = new HashMap<>(environment);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        all.put("JAVA_TOOL_OPTIONS", jvmOptions());
        up = ChildProcess.start(
                List.of(),
                List.of(
                        home.resolve("wadi").toString(),
                        "up",
                        "--http-port=" + http,
                        "--management-port=" + management,
                        "--kafka-port=" + servers.kafka(),
                        "--hdfs-port=" + servers.hdfs(),
                        "--hdfs-web-port=" + servers.hdfsWeb(),
                        "--elasticsearch-port=" + servers.elasticsearch()),
                all,
                home,
                ProcessBuilder.Redirect.to(output.toFile()));
        awaitReady();
    }

    /**
     * Returns options with the port range of this JVM's children, and without C2 because each process lives for less
     * than a minute. Elasticsearch ignores the variable, so it gets its options from the launcher.
     */
    private static String jvmOptions() {
        List<String> options = new ArrayList<>(Ports.childOptions());
        options.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dtest.servers.short-lived=true"));
        return String.join(" ", options);
    }

    void awaitReady() throws IOException {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> !up.running()
                        || Http.get("http://localhost:" + management + "/observe/health/ready")
                                        .statusCode()
                                == 200);
        assertThat(up.running()).as(terminal()).isTrue();
    }

    /** Waits until the command has ended and all ports are free, which the next start needs; returns the exit code. */
    int awaitEnd() throws IOException {
        assertThat(up.waitFor(LONG)).as(terminal()).isTrue();
        await().atMost(LONG)
                .until(() -> List.of(
                                http,
                                management,
                                servers.kafka(),
                                servers.hdfs(),
                                servers.hdfsWeb(),
                                servers.elasticsearch())
                        .stream()
                        .allMatch(Ports::isFree));
        return up.exitCode();
    }

    boolean running() {
        return up != null && up.running();
    }

    /** Requests an orderly stop, like Ctrl-C. */
    void requestStop() {
        up.requestStop();
    }

    void killCommand() {
        up.command().destroyForcibly();
    }

    /** Returns the output of the command since its start. */
    String terminal() throws IOException {
        return Files.readString(output);
    }

    /**
     * Returns the warnings and errors in the log of the pipeline, except for health checks, timeouts and retries: on a
     * busy machine, Kafka may respond late, or complete a transaction after the next one has begun, and Elasticsearch
     * may need longer for the first document of an index than the check waits.
     */
    List<String> warnings() throws IOException {
        try (Stream<String> log = Files.lines(home.resolve(".wadi/logs/wadi.log"))) {
            return log.filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                    .filter(line -> !line.contains(" io.wadi.runtime.health.Prober "))
                    .filter(line -> !line.contains(TimeoutException.class.getSimpleName()))
                    .filter(line -> !line.contains(Errors.REQUEST_TIMED_OUT.name()))
                    .filter(line -> !line.contains(Errors.CONCURRENT_TRANSACTIONS.name()))
                    .toList();
        }
    }

    /** Returns the copy of the project's directory, which is deleted at the end. */
    Path home() {
        return home;
    }

    ServerPorts servers() {
        return servers;
    }

    int http() {
        return http;
    }

    int management() {
        return management;
    }

    @Override
    public void close() {
        if (up != null) {
            up.kill();
        }
        TestServers.delete(home);
    }
}
