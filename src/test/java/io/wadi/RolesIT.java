package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ComposeFile.Service;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.Signal;
import io.wadi.management.access.PasswordHash;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each role of the production deployment, with the files and environment of its container in {@code
 * docker/compose.yaml} but without servers: it starts, runs only its own routes, responds to probes and the load
 * balancer, and stops.
 */
class RolesIT {
    @TempDir
    private Path directory;

    private final int management = Ports.free();
    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void landingRole_runsItsRoutes_andReportsHealth() throws Exception {
        run("landing-2");
    }

    @ParameterizedTest
    @Nightly(
            perChange = {
                "RolesIT#landingRole_runsItsRoutes_andReportsHealth",
                "ComposeIT#roles_coverEachShippedRouteOnce"
            })
    @ValueSource(strings = {"ingest-1", "indexing-1", "metrics-2"})
    void eachOtherRole_runsItsRoutes_andReportsHealth(String container) throws Exception {
        run(container);
    }

    private void run(String container) throws Exception {
        Service service = ComposeFile.shipped().services().get(container);
        service.copyFiles(directory);
        Path log = start(service);

        await().atMost(ChildJvm.START_TIMEOUT).until(() -> !process.isAlive() || health("started") == 0);
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();

        // Docker's probe. Without Kafka, no role is ready; liveness fails until its first check has ended.
        await().atMost(ChildJvm.START_TIMEOUT).until(() -> health("live") == 0);
        assertThat(health("ready")).isEqualTo(1);
        // The probes of Kubernetes and the load balancer need no name or password; other requests do.
        assertThat(status("/observe/health/started")).isEqualTo(200);
        assertThat(status("/observe/health/live")).isEqualTo(200);
        assertThat(status("/observe/health/ready")).isEqualTo(503);
        assertThat(status("/observe/metrics")).isEqualTo(200);
        assertThat(status("/api/routes")).isEqualTo(401);

        Signal.send("TERM", process.pid());
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(stopped(Files.readString(log)))
                .filteredOn(routes(Path.of("routes"))::contains)
                .containsExactlyInAnyOrderElementsOf(routes(directory.resolve("routes")));
    }

    private Path start(Service service) throws IOException {
        Path users = Files.writeString(
                directory.resolve("users.yaml"),
                "users:\n  - {name: vera, role: view, bcrypt: \"%s\"}\n"
                        .formatted(PasswordHash.of("a password".toCharArray())));
        String hadoop = service.mounts().get(service.environment().get("WADI_HDFS_CONF_DIR"));
        assertThat(hadoop).as("mounted configuration of HDFS").isNotNull();
        ProcessBuilder builder = new ProcessBuilder(
                ChildJvm.command("io.wadi.Launch", List.of("-Xmx256m"), List.of("--config", directory.toString())));
        builder.environment().putAll(service.environment());
        builder.environment()
                .putAll(Map.of(
                        "WADI_HTTP_PORT", Integer.toString(Ports.free()),
                        "WADI_MANAGEMENT_PORT", Integer.toString(management),
                        "WADI_MANAGEMENT_USERS_FILE", users.toString(),
                        "WADI_KAFKA_BROKERS", "localhost:" + Ports.free(),
                        "WADI_ELASTICSEARCH_HOSTS", "localhost:" + Ports.free(),
                        "WADI_HDFS_CONF_DIR", Path.of(hadoop).toAbsolutePath().toString(),
                        "WADI_STREAMS_STATE_DIRECTORY",
                                directory.resolve("streams-state").toString(),
                        "WADI_STOP_DELAY", "0s"));
        Path log = directory.resolve("log");
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return log;
    }

    /** Returns the exit code of the image's health command. */
    private int health(String what) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder("bash", "docker/health", what);
        command.environment().put("WADI_MANAGEMENT_PORT", Integer.toString(management));
        return CommandProcess.end(command).code();
    }

    private int status(String path) throws IOException, InterruptedException {
        return Http.get("http://localhost:" + management + path).statusCode();
    }

    /** Returns the names in the log's messages on stopped routes, including those of the management port. */
    private static Set<String> stopped(String log) {
        return lines(log, "(?m) Stopping (.*)$")
                .flatMap(line -> Pattern.compile("[^\\w-]+").splitAsStream(line))
                .collect(Collectors.toSet());
    }

    /** Returns the routes of all files of a directory. */
    private static Set<String> routes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return lines(all.toString(), "- route:\\n    id: (.*)").collect(Collectors.toSet());
        }
    }

    private static Stream<String> lines(String text, String expression) {
        return Pattern.compile(expression).matcher(text).results().map(found -> found.group(1));
    }
}
