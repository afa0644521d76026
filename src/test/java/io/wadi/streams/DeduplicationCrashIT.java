package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at random moments while each id arrives twice, in different partitions: committed results have each id once.
 */
class DeduplicationCrashIT {
    private static final int PARTITIONS = 3;
    private static final int DISTANCE = 101;
    private static final long SEED = Long.getLong("test.seed", 20261125);

    @TempDir
    private Path directory;

    private final List<RouteProcess> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(RouteProcess::close);
    }

    @Test
    @Nightly(
            perChange = {
                "DeduplicationTest#firstRecordOfEachId_isForwardedWithItsKeyAndTime_forAnyKeyOfADuplicate",
                "StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce"
            })
    void killedAtRandom_forwardsEachIdOnce() throws Exception {
        String name = "streams-deduplicate-kills";
        TopicProbe.create(name + ".in", PARTITIONS);
        TopicProbe.create(name + ".out", 1);
        Files.writeString(directory.resolve(name + ".yaml"), """
                from: {topic: %s.in, value: json}
                steps:
                  - deduplicate: {by: /id, within: 1h}
                to: %s.out
                """.formatted(name, name));
        RandomKills results =
                new RandomKills("results", () -> TopicProbe.end(new TopicPartition(name + ".out", 0)), 200, SEED);
        try (SteadyLoad load = SteadyLoad.start(name + ".in", PARTITIONS, DeduplicationCrashIT::record)) {
            results.kill(2, () -> start(name));
            RouteProcess last = start(name);
            results.awaitNext(last);
            load.stop();
            Map<String, Integer> sent = counts(name + ".in");
            assertThat(sent.values()).as("ids arrive twice").contains(2);
            await("all ids are passed on, seed %d, see %s".formatted(SEED, last.log()))
                    .atMost(ChildJvm.START_TIMEOUT)
                    .until(() -> counts(name + ".out").keySet().equals(sent.keySet()));
            assertThat(last.stop()).isZero();
            assertThat(counts(name + ".out"))
                    .as("seed %d", SEED)
                    .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
        }
    }

    private RouteProcess start(String name) throws Exception {
        RouteProcess process = RouteProcess.start(
                List.of(),
                line -> {},
                List.of(
                        "-Dwadi.streams.directory=" + directory,
                        "-Dwadi.streams.files=" + name,
                        "-Dwadi.streams.state-directory=" + directory.resolve("state")));
        started.add(process);
        return process;
    }

    private static Map<String, Integer> counts(String topic) {
        Map<String, Integer> counts = new TreeMap<>();
        KafkaProbe.forEach(topic, record -> counts.merge(new String(record.value(), UTF_8), 1, Integer::sum));
        return counts;
    }

    /** Returns a record; every second record has the id of an earlier one. */
    private static String record(int number) {
        return "{\"id\":%d}".formatted(number % 2 == 1 && number >= DISTANCE ? number - DISTANCE : number);
    }
}
