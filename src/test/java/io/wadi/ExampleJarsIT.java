package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.InstalledProject;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.LibraryJar;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The projects of {@code examples/} that build a jar, with the jar in {@code lib/} and the launcher, on real Kafka. */
@Nightly(perChange = {"LargeOrdersTest", "StockAlertsTest", "FeatureJarIT#featureSettingOutOfRange_isReported"})
class ExampleJarsIT {
    private static final Path STOCK_ALERTS = Path.of("examples", "stock-alerts");
    private static final Path LARGE_ORDERS = Path.of("examples", "large-orders");
    private static final String SERVICES = "META-INF/services/io.wadi.runtime.Feature";

    @TempDir
    private Path directory;

    private Path log;
    private InstalledProject project;

    @BeforeEach
    void configure() throws IOException {
        log = directory.resolve("log");
        project = InstalledProject.in(directory, log);
        Files.createDirectories(directory.resolve("routes"));
        Files.copy(Path.of("routes/errors.camel.yaml"), directory.resolve("routes/errors.camel.yaml"));
        configure("");
    }

    private void configure(String streams) throws IOException {
        Files.writeString(directory.resolve("application.properties"), """
                wadi.streams.files=%s
                wadi.streams.state-directory=%s
                wadi.kafka.brokers=%s
                wadi.management.port=%d
                wadi.http.port=%d
                orders.topic=example.orders
                orders.large-topic=example.orders.large
                """.formatted(
                        streams,
                        directory.resolve("state"),
                        TestServers.shared().ports().kafkaBrokers(),
                        Ports.free(),
                        Ports.free()));
    }

    private void addStockAlerts() throws IOException {
        Files.createDirectories(directory.resolve("streams"));
        Files.copy(STOCK_ALERTS.resolve("streams/stock-alerts.yaml"), directory.resolve("streams/stock-alerts.yaml"));
        configure("stock-alerts");
    }

    private void addJar(Path example, Map<String, byte[]> entries) throws IOException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        try (Stream<Path> sources = Files.list(example.resolve("src/main/java/example"))) {
            LibraryJar.compile(classes, sources.toArray(Path[]::new));
        }
        LibraryJar.write(project.library("example.jar"), classes, entries);
    }

    @Test
    void topologyProcessor_processesRecords_andItsPunctuatorRepeats() throws Exception {
        for (String topic : List.of("stock_changes", "stock_levels", "stock_low")) {
            TopicProbe.create(topic, 1);
        }
        addStockAlerts();
        addJar(STOCK_ALERTS, Map.of());
        assertThat(check()).as(Files.readString(log)).isZero();

        Process process = project.launch(Map.of(), "run");
        try {
            send("stock_changes", "tea", "{\"change\":12}");
            send("stock_changes", "tea", "{\"change\":\"no number\"}");
            send("stock_changes", "tea", "{\"change\":-3}");

            await().atMost(ChildJvm.START_TIMEOUT)
                    .failFast("Wadi has ended", () -> !process.isAlive())
                    .untilAsserted(() -> assertThat(values("stock_low"))
                            .as("the first, and what the punctuation repeats")
                            .hasSizeGreaterThan(1)
                            .containsOnly("{\"stock\":9}"));
            assertThat(values("stock_levels")).containsExactly("{\"stock\":12}");
            assertThat(deadLetters("__connect.errors.connector.name", "streams-stock-alerts"))
                    .singleElement()
                    .satisfies(deadLetter -> {
                        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("{\"change\":\"no number\"}");
                        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.topic"))
                                .isEqualTo("stock_changes");
                        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                                .isEqualTo("change is missing or no number: {change=no number}");
                    });
        } finally {
            stop(process);
        }
    }

    @Test
    void missingProcessor_isReportedWithFileAndLine() throws Exception {
        addStockAlerts();

        assertThat(check()).isNotZero();
        assertThat(log)
                .content()
                .contains("streams/stock-alerts.yaml line 10, column 14: process.class is example.StockAlerts, which is"
                        + " not on the class path: expected a class of a jar in lib/");
        int code = InstalledProject.end(project.launch(Map.of(), "run"));
        assertThat(code).as(Files.readString(log)).isEqualTo(ExitCode.CONFIGURATION.number());
    }

    @Test
    void javaRoute_runsBesideYamlRoutes_withTheirErrorHandling_andStopsInOrder() throws Exception {
        TopicProbe.create("example.orders", 1);
        TopicProbe.create("example.orders.large", 1);
        addJar(
                LARGE_ORDERS,
                Map.of(SERVICES, Files.readAllBytes(LARGE_ORDERS.resolve("src/main/resources/" + SERVICES))));
        String large = "{\"currency\":\"EUR\",\"items\":[{\"price\":600,\"count\":2}]}";
        Process process = project.launch(Map.of(), "run");
        try {
            send("example.orders", "alice", "{\"currency\":\"EUR\",\"items\":[{\"price\":600,\"count\":1}]}");
            send("example.orders", "bob", "no order");
            send("example.orders", "carol", large);

            await().atMost(ChildJvm.START_TIMEOUT)
                    .failFast("Wadi has ended", () -> !process.isAlive())
                    .untilAsserted(
                            () -> assertThat(values("example.orders.large")).containsExactly(large));
            assertThat(KafkaProbe.readAll("example.orders.large").get(0).key()).isEqualTo("carol".getBytes(UTF_8));
            assertThat(deadLetters("__connect.errors.topic", "example.orders"))
                    .singleElement()
                    .satisfies(deadLetter ->
                            assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("no order"));
        } finally {
            stop(process);
        }
        assertThat(log)
                .content()
                .contains("Running: large-orders (from kafka:")
                .contains("all work in flight is finished")
                .as("idle, or with what was in flight or the time that its stop took")
                .containsPattern("OrderlyShutdown (idle: large-orders and |\\d large-orders: .* 0 left,)");
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        InstalledProject.end(process);
    }

    private static void send(String topic, String key, String value) throws Exception {
        KafkaProbe.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8)));
    }

    private static List<String> values(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(ConsumerRecord::value)
                .map(value -> new String(value, UTF_8))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(String header, String value) {
        return KafkaProbe.read("wadi.dead-letter", deadLetter -> value.equals(KafkaProbe.header(deadLetter, header)));
    }

    private int check() throws Exception {
        return InstalledProject.end(project.launch(Map.of(), "streams", "check"));
    }
}
