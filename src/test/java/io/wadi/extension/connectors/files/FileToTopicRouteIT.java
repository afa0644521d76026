package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.extension.connectors.source.SourceConsumer;
import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RandomKills;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code routes/file-to-topic.camel.yaml} as shipped, in a process that is killed while a file is written and rotated.
 */
class FileToTopicRouteIT {
    private static final String TOPIC = "file-to-topic";
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final int EVERY_ROTATION = 300;
    private static final int LINES_AT_A_TIME = 5;
    private static final long SEED = Long.getLong("test.seed", 20261122);

    @TempDir
    private Path directory;

    private final AtomicInteger written = new AtomicInteger();

    @Test
    void killedDuringWritesAndRotation_eachLineIsSentOnce() throws Exception {
        TopicProbe.create(TOPIC, 1);
        Path log = Files.createDirectories(directory.resolve("log")).resolve("app.log");
        Path configuration = ConnectorRoutes.configure(
                Files.createDirectories(directory.resolve("wadi")),
                ConnectorRoutes.route(
                        "file-to-topic",
                        "app-log",
                        Map.of(
                                "files",
                                log + "*",
                                "topic",
                                TOPIC,
                                "lines",
                                "json",
                                "transforms",
                                ConnectorRoutes.transforms(
                                        "transforms=rename,lower",
                                        "transforms.rename.type=ReplaceField$Value",
                                        "transforms.rename.renames=n:number",
                                        "transforms.rename.exclude=secret",
                                        "transforms.lower.type=org.apache.kafka.connect.transforms.RegexRouter",
                                        "transforms.lower.regex=(.*)-to-(.+)",
                                        "transforms.lower.replacement=$1-to-$2"),
                                "every",
                                "50ms",
                                "rows",
                                "100")));
        RandomKills kills = new RandomKills("lines", () -> (long) read().size(), 400, SEED);
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        RouteProcess wadi = start(configuration);
        try {
            writer.scheduleAtFixedRate(() -> write(log), 0, 10, TimeUnit.MILLISECONDS);
            for (int kill = 1; kill <= Rounds.of(1, 60); kill++) {
                kills.awaitNext(wadi);
                wadi.kill();
                wadi = start(configuration);
            }
            writer.shutdown();
            assertThat(writer.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
            await("all, seed " + SEED).atMost(LONG).until(() -> read().size() >= written.get());
        } finally {
            writer.shutdownNow();
            wadi.close();
        }
        assertThat(read())
                .hasSize(written.get())
                .allSatisfy((line, times) ->
                        assertThat(times).as("%s, seed %d", line, SEED).isEqualTo(1));
    }

    /** A new reader would not find the renamed file. */
    @Test
    void pauseLongerThanTheMaximumPollInterval_keepsTheOwnershipAndTheOpenFile() throws Exception {
        String topic = TOPIC + "-paused";
        TopicProbe.create(topic, 1);
        Path log = Files.writeString(directory.resolve("paused.log"), "one\n");
        String route = ConnectorRoutes.route(
                "file-to-topic", "paused-log", Map.of("files", log.toString(), "topic", topic, "every", "10s"));
        try (RunningWadi wadi = ConnectorRoutes.start(
                Files.createDirectories(directory.resolve("paused")),
                route,
                Map.of(
                        "camel.component.kafka.session-timeout-ms", "6000",
                        "camel.component.kafka.max-poll-interval-ms", "7000"))) {
            await().atMost(LONG).until(() -> KafkaProbe.readAll(topic).size() >= 1);
            assertThat(KafkaProbe.readAll(topic)).hasSize(1);
            Files.writeString(log, "two\n", StandardOpenOption.APPEND);
            Files.move(log, log.resolveSibling("renamed"));

            await().atMost(LONG).until(() -> KafkaProbe.readAll(topic).size() >= 2);
            assertThat(KafkaProbe.readAll(topic)).hasSize(2);
        }
    }

    @Test
    void fileDeletedWhileTheTopicIsMissing_isReadOnceItExists() throws Exception {
        String topic = TOPIC + "-late";
        Path log = Files.writeString(directory.resolve("late.log"), "one\n");
        String route = ConnectorRoutes.route(
                "file-to-topic", "late-log", Map.of("files", log.toString(), "topic", topic, "every", "50ms"));
        try (Warnings failures = new Warnings(SourceConsumer.class.getName());
                RunningWadi wadi =
                        ConnectorRoutes.start(Files.createDirectories(directory.resolve("late")), route, Map.of())) {
            await().atMost(LONG).until(() -> !failures.lines().isEmpty());
            Files.delete(log);
            TopicProbe.create(topic, 1);

            await().atMost(LONG).until(() -> !KafkaProbe.readAll(topic).isEmpty());
            assertThat(KafkaProbe.readAll(topic)).hasSize(1);
        }
    }

    /** The rest of a line that is too long has no records, and takes several reads. */
    @Test
    void lineAfterATooLongOne_isReadWithoutWaitingForTheInterval() throws Exception {
        String topic = TOPIC + "-long";
        TopicProbe.create(topic, 1);
        Path log = Files.writeString(directory.resolve("long.log"), "x".repeat(4 << 20) + "\nafter\n");
        String route = ConnectorRoutes.route(
                "file-to-topic", "long-log", Map.of("files", log.toString(), "topic", topic, "every", "1h"));
        try (RunningWadi wadi =
                ConnectorRoutes.start(Files.createDirectories(directory.resolve("long")), route, Map.of())) {
            await().atMost(LONG).until(() -> !KafkaProbe.readAll(topic).isEmpty());

            assertThat(KafkaProbe.readAll(topic))
                    .extracting(each -> new String(each.value(), UTF_8))
                    .containsExactly("after");
        }
    }

    /**
     * Writes lines and rotates the file at intervals: by a rename, and in turn by a copy that is followed by
     * truncation.
     */
    private void write(Path log) {
        try {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < LINES_AT_A_TIME; i++) {
                lines.append("{\"n\":%d,\"secret\":\"s\"}%n".formatted(written.getAndIncrement()));
            }
            Files.writeString(
                    log, lines, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            int rotation = written.get() / EVERY_ROTATION;
            if (written.get() % EVERY_ROTATION == 0 && rotation % 2 == 0) {
                Files.move(log, log.resolveSibling("app.log." + rotation));
            } else if (written.get() % EVERY_ROTATION == 0) {
                Files.copy(log, log.resolveSibling("app.log." + rotation));
                Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Returns the number of records of each line. */
    private static Map<String, Integer> read() {
        Map<String, Integer> times = new HashMap<>();
        KafkaProbe.forEach(TOPIC, found -> {
            assertThat(KafkaProbe.header(found, "file")).contains("app.log");
            times.merge(new String(found.value(), UTF_8), 1, Integer::sum);
        });
        return times;
    }

    private static RouteProcess start(Path configuration) throws IOException {
        return RouteProcess.startConfigured(configuration, line -> {}, List.of());
    }
}
