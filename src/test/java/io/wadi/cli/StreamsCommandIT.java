package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi streams}. */
class StreamsCommandIT {
    @TempDir
    private Path configuration;

    private Path files;
    private Path state;

    @BeforeEach
    void prepare() throws Exception {
        files = Files.createDirectories(configuration.resolve("streams"));
        state = configuration.resolve("state");
    }

    private CommandProcess streams(String... words) throws Exception {
        return TestedCommand.onServers(
                        "streams", configuration, Map.of("wadi.streams.state-directory", state.toString()))
                .inThisJvm(words);
    }

    @Test
    @Nightly(perChange = "StreamsResetTest")
    void reset_printsThePlan_rejectsRunningTopologies_andRestartsFromTheBeginning() throws Exception {
        TopicProbe.create("reset.in", 1);
        TopicProbe.create("reset.out", 1);
        Files.writeString(files.resolve("reset-it.yaml"), """
                from: reset.in
                steps:
                  - select-key: {simple: "${body}"}
                  - count: true
                to: reset.out
                """);
        // The names of its internal topics begin like those of the other topology.
        Files.writeString(files.resolve("reset-it-not.yaml"), """
                from: reset.in
                steps:
                  - count: true
                to: reset.out
                """);
        Map<String, String> settings =
                Map.of("wadi.streams.files", "*", "wadi.streams.state-directory", state.toString());
        KafkaProbe.send(new ProducerRecord<>("reset.in", "k".getBytes(UTF_8), "x".getBytes(UTF_8)));
        try (RunningWadi wadi = RunningWadi.startConfigured(configuration, settings)) {
            awaitCounts("x=1", "k=1");

            CommandProcess refused = streams("reset", "reset-it", "--apply");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).contains("Refused: wadi-reset-it runs (");
        }

        // A state directory on disk, as a topology of a bean may have.
        Files.createDirectories(state.resolve("wadi-reset-it").resolve("0_0"));
        CommandProcess dryRun = streams("reset", "reset-it");
        assertThat(dryRun.code()).isZero();
        assertThat(dryRun.out().lines())
                .contains(
                        "topic wadi-reset-it-main-1-changelog: would be deleted",
                        "topic wadi-reset-it-main-1-repartition: would be deleted",
                        "topic wadi-reset-it-state.layout-changelog: would be deleted",
                        "files in %s: would be deleted".formatted(state.resolve("wadi-reset-it")))
                .anyMatch(line -> line.contains(" of reset.in-0 in group wadi-reset-it: would be deleted"))
                .noneMatch(line -> line.contains("reset-it-not"))
                .last()
                .asString()
                .startsWith("Dry run: nothing was deleted; use --apply to delete it.");

        assertThat(streams("reset", "reset-it", "--apply").out()).contains("-changelog: deleted");
        // Kafka may list a topic for a moment after its deletion.
        await().untilAsserted(() -> assertThat(streams("reset", "reset-it").out())
                .isEqualToIgnoringNewLines("wadi-reset-it has no state: it starts at the earliest offsets."));
        assertThat(streams("reset", "reset-it-not").out()).contains("wadi-reset-it-not-main-1-changelog");

        try (RunningWadi wadi = RunningWadi.startConfigured(configuration, settings)) {
            awaitCounts("x=1", "k=1", "x=1");
        }
    }

    private static void awaitCounts(String... counts) {
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("reset.out"))
                .extracting(record -> new String(record.key(), UTF_8) + "=" + new String(record.value(), UTF_8))
                .containsExactlyInAnyOrder(counts));
    }

    @Test
    void check_reportsMistakesOfAllFiles_andValidFiles() throws Exception {
        Files.writeString(files.resolve("right.yaml"), "{from: a, to: b, description: Copy}");
        assertThat(streams().out().lines()).containsExactly("right: Copy; application wadi-right", "1 valid file");

        Files.writeString(files.resolve("wrong.yaml"), "{from: a}");
        Files.writeString(files.resolve("wrong-too.yaml"), "{from: a, to: b, steps: [{filtre: 1}]}");
        CommandProcess found = streams("check");

        assertThat(found.code()).isEqualTo(2);
        assertThat(List.of(found.err().split("\n")))
                .anyMatch(line -> line.contains("streams/wrong.yaml line 1, column 1: to is missing"))
                .anyMatch(line ->
                        line.contains("streams/wrong-too.yaml line 1") && line.contains("did you mean filter?"));
        assertThat(streams("check", "right").code()).isZero();
        assertThat(streams("check", "rihgt").err()).contains("did you mean right?");
        for (String name : List.of("*", "right,right", "")) {
            CommandProcess reset = streams("reset", name, "--apply");
            assertThat(reset.err())
                    .isEqualTo("NAME is \"%s\", expected the name of one file. See wadi streams reset --help\n"
                            .formatted(name));
            assertThat(reset.code()).isEqualTo(2);
        }
    }
}
