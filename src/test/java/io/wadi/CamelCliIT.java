package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import io.wadi.testing.CamelCli;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped files with Camel's CLI: {@code camel run routes/* application.properties}, and {@code camel export}. A
 * start of the CLI takes 10 s or more.
 */
final class CamelCliIT {
    private static final String TOPIC = "camel-run";

    @TempDir
    private Path directory;

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectory(directory.resolve("routes"));
        for (Path file : shipped()) {
            Files.copy(file, directory.resolve(file));
        }
    }

    private static List<Path> shipped() throws IOException {
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            return Stream.concat(
                            routes.sorted(),
                            Stream.of("application.properties", "topics.yaml", "alerts.yaml")
                                    .map(Path::of))
                    .toList();
        }
    }

    @Test
    void shippedFiles_run_landAndIndexAnEvent_andStopInOrder() throws Exception {
        Files.writeString(
                directory.resolve("topics.yaml"),
                Files.readString(Path.of("topics.yaml"))
                        + "  - {name: %s, partitions: 1, replication: 1, ingest: true}%n".formatted(TOPIC));
        Map<String, String> settings = settings();
        String events = "http://localhost:" + settings.get("wadi.http.port") + "/events/" + TOPIC;
        String health = "http://localhost:" + settings.get("wadi.management.port") + "/observe/health/ready";
        try (CamelCli camel = run(settings)) {
            await().atMost(ChildJvm.START_TIMEOUT)
                    .failFast(
                            () -> assertThat(camel.isAlive()).as(camel.output()).isTrue())
                    .untilAsserted(
                            () -> assertThat(ready(health)).as(camel.output()).isEqualTo(200));
            assertThat(Http.json(Http.post(
                                    events, "{\"colour\":\"red\"}".getBytes(UTF_8), "Content-Type", "application/json"))
                            .path("receipts"))
                    .as("the receipt")
                    .hasToString("[{\"topic\":\"camel-run\",\"partition\":0,\"offset\":0}]");
            await("landed").until(CamelCliIT::landed, List.of("{\"colour\":\"red\"}")::equals);
            await("indexed").until(() -> "red".equals(indexed().path("colour").asText()));

            assertThat(camel.stop()).as("the JVM's code after SIGTERM").isEqualTo(143);
            assertThat(camel.output()).contains("all work in flight is finished");
        }
    }

    @Test
    @Nightly(perChange = {"CamelCliIT#shippedFiles_run_landAndIndexAnEvent_andStopInOrder", "LargeOrdersTest"})
    void javaRouteFile_runs_withWadisConsumerAndErrorHandling() throws Exception {
        TopicProbe.create("camel-run.orders", 1);
        TopicProbe.create("camel-run.large", 1);
        Map<String, String> settings = settings();
        settings.put("orders.topic", "camel-run.orders");
        settings.put("orders.large-topic", "camel-run.large");
        Path file = directory.resolve("LargeOrders.java");
        Files.copy(Path.of("examples/large-orders/src/main/java/example/LargeOrders.java"), file);
        List<String> files =
                List.of(file.getFileName().toString(), "routes/errors.camel.yaml", "application.properties");
        String large = "{\"currency\":\"EUR\",\"items\":[{\"price\":600,\"count\":2}]}";
        try (CamelCli camel = run(settings, files)) {
            for (String value : List.of("no order", large)) {
                KafkaProbe.send(new ProducerRecord<>("camel-run.orders", null, value.getBytes(UTF_8)));
            }

            await().atMost(ChildJvm.START_TIMEOUT)
                    .failFast(
                            () -> assertThat(camel.isAlive()).as(camel.output()).isTrue())
                    .untilAsserted(() -> assertThat(KafkaProbe.readAll("camel-run.large"))
                            .extracting(record -> new String(record.value(), UTF_8))
                            .containsExactly(large));
            assertThat(KafkaProbe.read(
                            "wadi.dead-letter",
                            deadLetter ->
                                    "camel-run.orders".equals(KafkaProbe.header(deadLetter, "__connect.errors.topic"))))
                    .singleElement()
                    .satisfies(deadLetter ->
                            assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("no order"));
            assertThat(camel.stop()).as("the JVM's code after SIGTERM").isEqualTo(143);
            assertThat(camel.output()).contains("all work in flight is finished");
        }
    }

    @Test
    @Nightly(
            perChange = {
                "CamelCliIT#shippedFiles_run_landAndIndexAnEvent_andStopInOrder",
                "WadiStartIT#invalidSettings_areReportedTogether"
            })
    void invalidSettings_areReported() throws Exception {
        Files.writeString(
                directory.resolve("application.properties"),
                "\nwadi.http.port=eighty\nwadi.landing.rol-interval=5m\n",
                StandardOpenOption.APPEND);

        assertThat(failedStart(Map.of()))
                .contains("wadi.http.port=eighty: expected a whole number from 1 to 65535 (default 8080)")
                .contains(
                        "wadi.landing.rol-interval: there is no such property; did you mean wadi.landing.roll-interval?")
                .doesNotContain("\tat ");
    }

    @Test
    @Nightly(
            perChange = {
                "CamelCliIT#shippedFiles_run_landAndIndexAnEvent_andStopInOrder",
                "WadiStartIT#portInUse_isReportedWithItsProperty"
            })
    void portInUse_isReported() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());

            assertThat(failedStart(Map.of("wadi.http.port", port)))
                    .contains("wadi.http.port=" + port + ": cannot bind the port at localhost: Address already in use")
                    .doesNotContain("\tat ");
        }
    }

    private String failedStart(Map<String, String> settings) throws Exception {
        try (CamelCli camel = run(settings)) {
            assertThat(camel.awaitEnd()).isEqualTo(1);
            return camel.output();
        }
    }

    /** An export changes only with Camel's version. */
    @Test
    @Nightly(perChange = {"CamelCliIT#shippedFiles_run_landAndIndexAnEvent_andStopInOrder", "RouteFilesTest"})
    void export_createsAMavenProjectThatDependsOnWadi() throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "export",
                "--runtime=camel-main",
                "--gav=org.example:pipeline:1.0",
                "--dir=pipeline",
                "--dep=io.wadi:wadi:0.2.0",
                // The version in src/test/camel-cli.
                "--kamelets-version=4.15.0",
                "--download=false"));
        words.addAll(shipped().stream().map(Path::toString).toList());
        try (CamelCli camel = CamelCli.start(directory, words)) {
            int code = camel.awaitEnd();
            assertThat(code).as(camel.output()).isZero();
        }
        Path resources = directory.resolve("pipeline/src/main/resources");
        assertThat(resources.resolve("camel/landing.camel.yaml"))
                .hasSameTextualContentAs(Path.of("routes/landing.camel.yaml"));
        assertThat(directory.resolve("pipeline/pom.xml")).content().contains("<artifactId>wadi</artifactId>");
    }

    private CamelCli run(Map<String, String> settings) throws Exception {
        return run(
                settings,
                shipped().stream()
                        .map(Path::toString)
                        .filter(file -> file.startsWith("routes") || file.endsWith(".properties"))
                        .toList());
    }

    private CamelCli run(Map<String, String> settings, List<String> files) throws Exception {
        List<String> words = new ArrayList<>(List.of("--profile=prod", "--logging-color=false", "--download=false"));
        words.addAll(files);
        List<String> options = settings.entrySet().stream()
                .map(each -> "-D" + each.getKey() + "=" + each.getValue())
                .toList();
        return CamelCli.run(directory, options, words);
    }

    private static Map<String, String> settings() {
        ServerPorts servers = TestServers.shared().ports();
        Map<String, String> settings = new TreeMap<>();
        settings.put("wadi.kafka.brokers", servers.kafkaBrokers());
        settings.put("wadi.hdfs.uri", servers.hdfsUri());
        settings.put("wadi.elasticsearch.hosts", servers.elasticsearchHosts());
        settings.put("wadi.http.port", String.valueOf(Ports.free()));
        settings.put("wadi.management.port", String.valueOf(Ports.free()));
        settings.put("wadi.host-metrics.enabled", "false");
        settings.put("wadi.ingest.acknowledgement-timeout", "20s");
        settings.put("wadi.landing.roll-interval", "1s");
        settings.put("wadi.landing.replication", "1");
        settings.put("wadi.landing.topics", TOPIC);
        settings.put("wadi.landing.directory", "/" + TOPIC);
        settings.put("wadi.landing.group", TOPIC + "-landing");
        settings.put("wadi.indexing.topic", TOPIC);
        settings.put("wadi.indexing.index", TOPIC);
        settings.put("wadi.indexing.group", TOPIC + "-indexing");
        settings.put("wadi.metrics.group", TOPIC + "-metrics");
        return settings;
    }

    /** Returns the status of the health endpoint, or 0 if it does not respond yet. */
    private static int ready(String health) throws InterruptedException {
        try {
            return Http.get(health).statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }

    private static List<String> landed() throws IOException {
        return HdfsProbe.landed("/" + TOPIC, TOPIC).stream()
                .flatMap(file -> file.lines().stream())
                .toList();
    }

    private static JsonNode indexed() throws Exception {
        return Http.json(Http.get("%s/%s/_doc/%s%%2B0%%2B0"
                        .formatted(TestServers.shared().ports().elasticsearchUrl(), TOPIC, TOPIC)))
                .path("_source");
    }
}
