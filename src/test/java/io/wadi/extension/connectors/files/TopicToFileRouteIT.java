package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/topic-to-file.camel.yaml} as shipped, in a process that is killed while it writes. */
@Nightly(perChange = {"FileSinkTest", "ConnectorSinkTest", "SinkConversionTest"})
class TopicToFileRouteIT {
    private static final String TOPIC = "topic-to-file";
    private static final int PARTITIONS = 2;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final long SEED = Long.getLong("test.seed", 20261122);

    @TempDir
    private Path directory;

    @Test
    void killedDuringWrites_eachRecordIsWrittenOnceInOrder() throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        TopicProbe.create(TOPIC + ".dead-letters", 1);
        Path data = directory.resolve("data");
        Path configuration = ConnectorRoutes.configure(
                Files.createDirectories(directory.resolve("wadi")),
                ConnectorRoutes.route(
                        "topic-to-file",
                        "lines-of-topic",
                        Map.of(
                                "topic",
                                TOPIC,
                                "group",
                                TOPIC,
                                "file",
                                data + "/{topic}+{partition}.jsonl",
                                "lines",
                                "json",
                                "transforms",
                                ConnectorRoutes.transforms(
                                        "transforms=rename",
                                        "transforms.rename.type=ReplaceField$Value",
                                        "transforms.rename.renames=n:number"))));
        RandomKills kills = new RandomKills("lines", () -> (long) lines(data).size(), 400, SEED);
        RouteProcess wadi = start(configuration);
        int sent;
        try (SteadyLoad load = SteadyLoad.start(TOPIC, PARTITIONS, number -> "{ \"n\": %d }".formatted(number))) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, "no JSON".getBytes(UTF_8)));
            for (int kill = 1; kill <= Rounds.of(1, 60); kill++) {
                kills.awaitNext(wadi);
                wadi.kill();
                wadi = start(configuration);
            }
            load.stop();
            sent = load.sent();
            int all = sent;
            await("all, seed " + SEED).atMost(LONG).until(() -> lines(data).size() >= all);
        } finally {
            wadi.stop();
        }
        List<String> expected = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int number = partition; number < sent; number += PARTITIONS) {
                expected.add("{\"number\":%d}".formatted(number));
            }
        }
        assertThat(lines(data)).as("seed %d", SEED).isEqualTo(expected);
        TopicProbe.awaitReadable(TOPIC + ".dead-letters");
        assertThat(KafkaProbe.readAll(TOPIC + ".dead-letters"))
                .singleElement()
                .satisfies(deadLetter ->
                        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("no JSON"));
    }

    /** Returns the lines of all partitions, one partition after another. */
    private static List<String> lines(Path data) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path file = data.resolve("%s+%d.jsonl".formatted(TOPIC, partition));
            if (Files.exists(file)) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private static RouteProcess start(Path configuration) throws IOException {
        return RouteProcess.startConfigured(
                configuration, line -> {}, List.of("-Dwadi.dead-letters.topic=" + TOPIC + ".dead-letters"));
    }
}
