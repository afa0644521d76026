package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code ./wadi up} from the launcher to the last stop, with {@code target/wadi.jar} and the shipped configuration: events are
 * landed and indexed, each of its processes is killed, and each start uses the data of the previous one.
 */
class UpIT {
    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final Path STAMP = HOME.resolve("target/wadi.built");
    /** That of the servers and then of the pipeline. */
    private static final Duration LONG = ChildJvm.START_TIMEOUT.multipliedBy(2);

    private static final Pattern PID = Pattern.compile("\\(pid (\\d+)\\)");

    private static Optional<FileTime> built;

    private final ServerPorts servers = ServerPorts.free();
    private final int http = Ports.free();
    private final int management = Ports.free();
    private Path data;
    private Path output;
    private ChildProcess up;

    /** Prevents the launcher from starting a build within the one that runs this test. */
    @BeforeAll
    static void markAsBuilt() throws IOException {
        assertThat(HOME.resolve("target/wadi.jar"))
                .as("the jar: run mvn -q -DskipTests package before")
                .exists();
        built = Files.exists(STAMP) ? Optional.of(Files.getLastModifiedTime(STAMP)) : Optional.empty();
        if (built.isEmpty()) {
            Files.createFile(STAMP);
        }
        Files.setLastModifiedTime(STAMP, FileTime.from(Instant.now()));
    }

    @AfterAll
    static void restoreStamp() throws IOException {
        if (built.isPresent()) {
            Files.setLastModifiedTime(STAMP, built.get());
        } else {
            Files.delete(STAMP);
        }
    }

    @BeforeEach
    void makeDirectories() throws IOException {
        data = Files.createTempDirectory(Files.createDirectories(HOME.resolve("target/servers")), "up-");
        // Elasticsearch runs as another user where this one is root.
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        output = data.resolve("terminal.log");
    }

    @AfterEach
    void end() {
        if (up != null) {
            up.kill();
        }
        TestServers.delete(data);
    }

    @Test
    void event_isLandedAndIndexed_andKept_whicheverProcessIsKilled() throws Exception {
        start();
        awaitReady();
        JsonNode first = send("first");
        awaitStored(first, "first");
        kill(servers.elasticsearch());
        awaitEnd();
        assertThat(up.exitCode()).as(Files.readString(output)).isEqualTo(1);
        assertThat(output).content().contains("Elasticsearch ended by itself", "Stopped after a failure.");

        start();
        awaitReady();
        JsonNode second = send("second");
        kill(http);
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(output)
                                .content()
                                .containsPattern(
                                        "The pipeline was killed by signal 9 \\(exit code 137\\) after \\d+ s: restart 1 in 1 s"));
        awaitReady();
        assertThat(Http.get("http://localhost:" + management + "/observe/health")
                        .body())
                .contains("restarts: 1, the last one after the process was killed by signal 9");
        JsonNode third = send("third");
        up.command().destroyForcibly();
        awaitEnd();

        start();
        awaitReady();
        awaitStored(first, "first");
        awaitStored(second, "second");
        awaitStored(third, "third");
        up.requestStop();
        awaitEnd();
        assertThat(up.exitCode()).as(Files.readString(output)).isZero();
        assertThat(output).content().contains("Stopped. The data is kept in " + data);
    }

    private void start() throws IOException {
        if (Files.exists(output)) {
            Files.move(output, output.resolveSibling("terminal-before.log"), StandardCopyOption.REPLACE_EXISTING);
        }
        up = ChildProcess.start(
                List.of(),
                List.of(
                        HOME.resolve("wadi").toString(),
                        "up",
                        "--data=" + data,
                        "--http-port=" + http,
                        "--management-port=" + management,
                        "--kafka-port=" + servers.kafka(),
                        "--hdfs-port=" + servers.hdfs(),
                        "--hdfs-web-port=" + servers.hdfsWeb(),
                        "--elasticsearch-port=" + servers.elasticsearch()),
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_TOOL_OPTIONS", jvmOptions()),
                HOME,
                ProcessBuilder.Redirect.to(output.toFile()));
    }

    /** With ports of this JVM's children, and without C2: each process lives for less than a minute. */
    private static String jvmOptions() {
        List<String> options = new ArrayList<>(Ports.childOptions());
        options.add("-XX:TieredStopAtLevel=1");
        return String.join(" ", options);
    }

    private void awaitReady() throws IOException {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> !up.running()
                        || Http.get("http://localhost:" + management + "/observe/health/ready")
                                        .statusCode()
                                == 200);
        assertThat(up.running()).as(Files.readString(output)).isTrue();
    }

    /** Sends an event and returns its receipt. */
    private JsonNode send(String user) throws Exception {
        HttpResponse<String> answer = Http.get("http://localhost:" + http + "/api/select?color=red&user=" + user);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Http.json(answer);
    }

    /** Waits until the event is once in the files of its partition, and is the document of its offset. */
    private void awaitStored(JsonNode receipt, String user) {
        String directory =
                "%s/data/select-color/partition=%s".formatted(servers.webHdfsUrl(), receipt.path("partition"));
        String document = "%s/select-color-index/_doc/select-color%%2B%s%%2B%s"
                .formatted(servers.elasticsearchUrl(), receipt.path("partition"), receipt.path("offset"));
        await().atMost(LONG).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            assertThat(landed(directory)).containsOnlyOnce('"' + user + '"');
            assertThat(Http.get(document).body()).contains('"' + user + '"');
        });
    }

    private static String landed(String directory) throws Exception {
        StringBuilder records = new StringBuilder();
        for (JsonNode file : Http.json(Http.get(directory + "?op=LISTSTATUS"))
                .path("FileStatuses")
                .path("FileStatus")) {
            String name = file.path("pathSuffix").asText();
            if (name.endsWith(".jsonl")) {
                records.append(Http.get("%s/%s?op=OPEN".formatted(directory, name.replace("+", "%2B")))
                        .body());
            }
        }
        return records.toString();
    }

    /** Kills the process that listens on a port. */
    private static void kill(int port) {
        Matcher pid = PID.matcher(Ports.takenBy(port).orElse("none"));
        assertThat(pid.find()).as("a process that listens on port %d", port).isTrue();
        ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow().destroyForcibly();
    }

    /** Waits until the command has ended and all ports are free, which the next start needs. */
    private void awaitEnd() throws IOException {
        assertThat(up.waitFor(LONG)).as(Files.readString(output)).isTrue();
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
    }
}
