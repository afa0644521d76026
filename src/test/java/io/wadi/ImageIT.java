package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.Docker;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.Program;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image of {@code docker/Dockerfile}, built from {@code target/wadi.jar} and run as docs/how-to/deploy.md
 * describes: not as root, and with only /tmp writable. Skipped without a Docker engine.
 *
 * <p>The base images are those of {@code -Dwadi.image.jdk} and {@code -Dwadi.image.base}, else existing ones from
 * {@code docker/local-base}, else the Dockerfile's own if a registry has them. Otherwise the test runs {@code
 * docker/local-base}, which needs root and debootstrap.
 */
class ImageIT {
    private static final String IMAGE = "wadi:test";
    private static final String CONTAINER = "wadi-image-test";
    private static final long LARGEST_IMAGE_BYTES = 350_000_000;
    private static final Pattern MODULES = Pattern.compile("--add-modules \\\\\\s+([a-z0-9.,\\\\\\s]+?) \\\\\\s+&&");

    @TempDir
    private Path directory;

    private final int http = Ports.free();
    private final int management = Ports.free();

    @BeforeAll
    static void build() throws Exception {
        assumeTrue(Docker.answers(), Docker.MISSING);
        assertThat(Path.of("target/wadi.jar"))
                .as("run mvn -q -DskipTests package before")
                .exists();
        List<String> command = new ArrayList<>(List.of("build", "-f", "docker/Dockerfile", "-t", IMAGE));
        command.addAll(bases());
        command.add(".");
        Docker.run(command.toArray(String[]::new));
    }

    private static List<String> bases() throws IOException {
        if (System.getProperty("test.image-override.jdk") != null
                && System.getProperty("test.image-override.base") != null) {
            return arguments(
                    System.getProperty("test.image-override.jdk"), System.getProperty("test.image-override.base"));
        }
        if (exists("wadi-jdk:local") && exists("wadi-base:local")) {
            return arguments("wadi-jdk:local", "wadi-base:local");
        }
        if (canBePulled("JDK_IMAGE") && canBePulled("BASE_IMAGE")) {
            return List.of();
        }
        Program.Ended made = Docker.makeBases();
        assumeTrue(
                made.code() == 0,
                () -> "Skipped: no registry has the base images, and docker/local-base could not make them: "
                        + made.output());
        return arguments("wadi-jdk:local", "wadi-base:local");
    }

    private static List<String> arguments(String jdk, String base) {
        return List.of("--build-arg", "JDK_IMAGE=" + jdk, "--build-arg", "BASE_IMAGE=" + base);
    }

    private static boolean exists(String image) throws IOException {
        return Docker.attempt("image", "inspect", image).code() == 0;
    }

    private static boolean canBePulled(String argument) throws IOException {
        Matcher image =
                Pattern.compile("ARG " + argument + "=(\\S+)").matcher(Files.readString(Path.of("docker/Dockerfile")));
        assertThat(image.find()).isTrue();
        return Docker.attempt("pull", image.group(1)).code() == 0;
    }

    @AfterEach
    void removeContainer() throws IOException {
        Docker.attempt("rm", "-f", CONTAINER);
    }

    @Test
    void container_landsEvents_reloadsAnEditedRoute_andStopsInOrder() throws Exception {
        Path routes = Files.createDirectory(directory.resolve("routes"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path each : shipped.toList()) {
                Files.copy(each, routes.resolve(each.getFileName()));
            }
        }
        Path log = Path.of("target", "image-test.log");
        ChildProcess container = run(log);
        await("a healthy container, see " + log)
                .until(() -> Docker.attempt("inspect", "--format", "{{.State.Health.Status}}", CONTAINER)
                        .output()
                        .equals("healthy"));
        awaitStatus(200, "http://localhost:" + management + "/observe/health/ready");

        assertLanded(post("{\"n\":1}".getBytes(UTF_8)));
        assertLanded(post(Zstd.compress("{\"n\":2}".getBytes(UTF_8)), "Content-Encoding", "zstd"));
        assertNothingUnpacked();
        assertThat(Docker.run("exec", CONTAINER, "wadi", "audit", "select-color"))
                .startsWith("select-color has no errors: ");
        assertEdited(routes.resolve("documents.camel.yaml"));

        Docker.run("stop", CONTAINER);
        assertThat(container.waitFor(Duration.ofMinutes(2))).isTrue();
        assertThat(container.exitCode()).as(Files.readString(log)).isZero();
        assertThat(log).content().contains("all work in flight is finished");
    }

    /** Runs the container in the foreground, so that it ends with this process and the exit code is available. */
    private ChildProcess run(Path log) throws IOException {
        ServerPorts servers = TestServers.shared().ports();
        List<String> command =
                new ArrayList<>(List.of("docker", "run", "--rm", "--name", CONTAINER, "--network", "host"));
        command.addAll(List.of("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"));
        command.addAll(List.of("--security-opt", "no-new-privileges", "--memory", "768m", "--stop-timeout", "40"));
        command.addAll(List.of("--volume", directory.resolve("routes") + ":/etc/wadi/routes:ro"));
        Map.of(
                        "WADI_HTTP_PORT", Integer.toString(http),
                        "WADI_MANAGEMENT_PORT", Integer.toString(management),
                        "WADI_KAFKA_BROKERS", servers.kafkaBrokers(),
                        "WADI_HDFS_URI", servers.hdfsUri(),
                        // HDFS's superuser.
                        "WADI_HDFS_USER", System.getProperty("user.name"),
                        "WADI_ELASTICSEARCH_HOSTS", servers.elasticsearchHosts(),
                        "WADI_LANDING_REPLICATION", "1",
                        "WADI_LANDING_ROLL_INTERVAL", "1s",
                        "WADI_RELOAD_ENABLED", "true")
                .forEach((name, value) -> command.addAll(List.of("--env", name + "=" + value)));
        command.add(IMAGE);
        return ChildProcess.start(List.of(), command, Map.of(), Path.of("."), ProcessBuilder.Redirect.to(log.toFile()));
    }

    private JsonNode post(byte[] body, String... headers) throws Exception {
        String[] all = Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(headers))
                .toArray(String[]::new);
        JsonNode answer = Http.json(Http.post("http://localhost:" + http + "/events/select-color", body, all));
        return answer.at("/receipts/0");
    }

    private static void assertLanded(JsonNode receipt) {
        assertThat(receipt.path("topic").asText()).as(receipt.toString()).isEqualTo("select-color");
        await().until(() -> HdfsProbe.covering(
                                "/data",
                                "select-color",
                                receipt.path("partition").asInt(),
                                receipt.path("offset").asLong())
                        .size()
                == 1);
    }

    /** The JVM uses the class data archive, and native libraries of the image: in /tmp they could not be loaded. */
    private static void assertNothingUnpacked() throws IOException {
        assertThat(Docker.run("exec", CONTAINER, "cat", "/proc/1/maps"))
                .contains("/opt/wadi/wadi.jsa", "/opt/wadi/lib/libzstd-jni.so", "/opt/wadi/lib/liblz4-java.so")
                .doesNotContain("/tmp/lib");
        assertThat(Docker.run("exec", CONTAINER, "id", "-u")).isEqualTo("10001");
    }

    private void assertEdited(Path route) throws Exception {
        Files.writeString(route, Files.readString(route).replace("platform-http:/wadi.js", "platform-http:/moved.js"));
        awaitStatus(200, "http://localhost:" + http + "/moved.js");
    }

    private static void awaitStatus(int status, String url) {
        await().until(() -> Http.get(url, "User-Agent", "test").statusCode() == status);
    }

    /** The JVM ignores such a jar, so that the check shows that the jars in lib/ are on the class path. */
    @Test
    void unreadableJarInLib_isReported_byPipelineAndCommands() throws Exception {
        String jar = "/etc/wadi/lib/broken.jar";
        String mount = Files.writeString(directory.resolve("broken.jar"), "no jar") + ":" + jar + ":ro";

        Program.Ended pipeline = Docker.attempt("run", "--rm", "--volume", mount, IMAGE);
        Program.Ended command =
                Docker.attempt("run", "--rm", "--volume", mount, "--entrypoint", "wadi", IMAGE, "keys", "new", "shop");

        assertThat(List.of(pipeline, command)).allSatisfy(ended -> {
            assertThat(ended.output()).startsWith("Wadi cannot start:\n  " + jar + " cannot be loaded: ");
            assertThat(ended.code()).isEqualTo(ExitCode.CONFIGURATION.number());
        });
    }

    @Test
    void image_isSmall_andHasLabels() throws Exception {
        assertThat(Long.parseLong(Docker.run("image", "inspect", "--format", "{{.Size}}", IMAGE)))
                .isLessThan(LARGEST_IMAGE_BYTES);
        assertThat(Docker.run("image", "inspect", "--format", "{{json .Config.Labels}}", IMAGE))
                .contains(
                        "\"org.opencontainers.image.title\":\"Wadi\"",
                        "\"org.opencontainers.image.licenses\":\"Apache-2.0\"");
    }

    @Test
    @Nightly(because = "jdeps, which takes minutes")
    void java_includesEachModuleRequiredByTheJar() throws Exception {
        Path dependencies = directory.resolve("jdeps");
        try (PrintStream out = new PrintStream(dependencies.toFile(), UTF_8)) {
            ToolProvider.findFirst("jdeps")
                    .orElseThrow()
                    .run(
                            out,
                            out,
                            "--multi-release",
                            "17",
                            "--ignore-missing-deps",
                            "--print-module-deps",
                            "target/wadi.jar");
        }
        Matcher listed = MODULES.matcher(Files.readString(Path.of("docker/Dockerfile")));
        assertThat(listed.find()).isTrue();

        Set<String> needed = modules(Files.readString(dependencies));
        // Hadoop's annotations come with a doclet.
        needed.remove("jdk.javadoc");
        // Javassist, in Kafka Connect's REST server, needs these only to replace classes in debugged JVMs.
        needed.removeAll(Set.of("jdk.attach", "jdk.jdi"));
        assertThat(modules(listed.group(1).replaceAll("\\\\\\s+", ""))).containsAll(needed);
    }

    private static Set<String> modules(String list) {
        return new TreeSet<>(List.of(list.strip().split(",")));
    }
}
