package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.LibraryJar;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project of {@code examples/stock-alerts}: its jar in {@code lib/}, started by the launcher, on real Kafka. */
class ProcessorJarIT {
    private static final Path PROJECT = Path.of("examples", "stock-alerts");

    @TempDir
    private Path directory;

    private Path log;

    @Test
    void classOfAJarInLib_processesRecords_andItsPunctuationRepeats() throws Exception {
        for (String topic : List.of("stock_changes", "stock_levels", "stock_low")) {
            KafkaProbe.createTopic(topic, 1);
        }
        Path home = project();
        LibraryJar.write(
                Files.createDirectories(home.resolve("lib")).resolve("stock-alerts.jar"),
                LibraryJar.compile(
                        PROJECT.resolve("src/main/java/example/StockAlerts.java"),
                        Files.createDirectories(directory.resolve("classes"))),
                Map.of());
        assertThat(check(home)).as(Files.readString(log)).isZero();

        Process process = launch(home, "run");
        try {
            send("tea", "{\"change\":12}");
            send("tea", "{\"change\":\"no number\"}");
            send("tea", "{\"change\":-3}");

            await().atMost(ChildJvm.START_TIMEOUT)
                    .failFast("Wadi has ended", () -> !process.isAlive())
                    .untilAsserted(() -> assertThat(values("stock_low"))
                            .as("the first, and what the punctuation repeats")
                            .hasSizeGreaterThan(1)
                            .containsOnly("{\"stock\":9}"));
            assertThat(values("stock_levels")).containsExactly("{\"stock\":12}");
            assertThat(KafkaProbe.read("wadi.dead-letter", each -> true))
                    .singleElement()
                    .satisfies(deadLetter -> {
                        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("{\"change\":\"no number\"}");
                        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.topic"))
                                .isEqualTo("stock_changes");
                        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                                .isEqualTo("change is missing or no number: {change=no number}");
                    });
        } finally {
            process.destroy();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void classThatIsNotThere_isNamedWithFileAndLine() throws Exception {
        Path home = project();

        assertThat(check(home)).isNotZero();
        assertThat(log)
                .content()
                .contains("streams/stock-alerts.yaml line 10, column 14: process.class is example.StockAlerts, which is"
                        + " not on the class path: expected a class of a jar in lib/");
        Process process = launch(home, "run");
        assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(ExitCode.CONFIGURATION.number());
    }

    private static void send(String item, String change) throws Exception {
        KafkaProbe.send(new ProducerRecord<>("stock_changes", item.getBytes(UTF_8), change.getBytes(UTF_8)));
    }

    private static List<String> values(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(ConsumerRecord::value)
                .map(value -> new String(value, UTF_8))
                .toList();
    }

    private int check(Path home) throws Exception {
        Process check = launch(home, "streams", "check");
        assertThat(check.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return check.exitValue();
    }

    /** A project's directory with what a build leaves. */
    private Path project() throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path target = Files.createDirectories(home.resolve("target"));
        Files.createDirectories(target.resolve("test-classes"));
        Files.createDirectories(target.resolve("elasticsearch"));
        for (String file : List.of("wadi", "jvm.options")) {
            Files.copy(Path.of(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path jar = Path.of("target/wadi.jar").toAbsolutePath();
        assertThat(jar).as("run mvn -q -DskipTests package before").exists();
        Files.createSymbolicLink(target.resolve("wadi.jar"), jar);
        for (String file : List.of("test.classpath", "wadi.built")) {
            Files.createFile(target.resolve(file));
        }
        return home;
    }

    @BeforeEach
    void configure() throws IOException {
        log = directory.resolve("log");
        Files.createDirectories(directory.resolve("streams"));
        Files.copy(PROJECT.resolve("streams/stock-alerts.yaml"), directory.resolve("streams/stock-alerts.yaml"));
        Files.createDirectories(directory.resolve("routes"));
        Files.copy(Path.of("routes/errors.camel.yaml"), directory.resolve("routes/errors.camel.yaml"));
        Files.writeString(directory.resolve("application.properties"), """
                wadi.streams.files=stock-alerts
                wadi.streams.state-directory=%s
                wadi.kafka.brokers=%s
                wadi.management.port=%d
                wadi.http.port=%d
                """.formatted(
                directory.resolve("state"), TestServers.shared().ports().kafkaBrokers(), Ports.free(), Ports.free()));
    }

    private Process launch(Path home, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(home.resolve("wadi").toString()));
        all.addAll(List.of(command));
        all.addAll(List.of("--config", directory.toString()));
        ProcessBuilder launcher =
                new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return launcher.start();
    }
}
