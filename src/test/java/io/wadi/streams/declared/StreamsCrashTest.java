package io.wadi.streams.declared;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 in the middle of windows, at random moments while records come, some of them no JSON. Whoever reads what is committed
 * sees each window's count rise to the truth, never fall or stay, and each bad record as one dead letter.
 */
class StreamsCrashTest {
    private static final int PARTITIONS = 3;
    private static final int COLOURS = 10;
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final long SEED = Long.getLong("test.seed", 20261121);
    private static final long WINDOW_MS = 2000;

    @TempDir
    private Path directory;

    @Test
    void killedAtRandomMoments_countsEachRecordOnce() throws Exception {
        kill("streams-kills", 2);
    }

    @Test
    @Tag("long")
    void killedManyTimesAtRandomMoments_countsEachRecordOnce() throws Exception {
        kill("streams-many-kills", 50);
    }

    private void kill(String name, int kills) throws Exception {
        String in = name + ".in";
        String out = name + ".out";
        KafkaProbe.createTopic(in, PARTITIONS);
        KafkaProbe.createTopic(out, 1);
        Files.writeString(directory.resolve(name + ".yaml"), """
                from: {topic: %s, value: json}
                steps:
                  - select-key: {jsonpath: $.colour}
                  - window: {tumbling: %dms, grace: 1h}
                  - count: true
                  - select-key: {jq: '"\\($key)@\\($windowStart)"'}
                to: %s
                """.formatted(in, WINDOW_MS, out));
        try (SteadyLoad load = SteadyLoad.start(in, PARTITIONS, StreamsCrashTest::record)) {
            Random random = new Random(SEED);
            for (int kill = 1; kill <= kills; kill++) {
                long before = KafkaProbe.end(new TopicPartition(out, 0));
                int results = 1 + random.nextInt(200);
                try (RouteProcess wadi = start(name)) {
                    await("%d more results, seed %d, see %s".formatted(results, SEED, wadi.log()))
                            .pollInterval(Duration.ofMillis(20))
                            .atMost(LONG)
                            .until(() -> KafkaProbe.end(new TopicPartition(out, 0)) >= before + results);
                    wadi.kill();
                }
            }
            load.stop();
            Map<String, Integer> truth = new TreeMap<>();
            Map<String, Integer> bad = new TreeMap<>();
            KafkaProbe.forEach(in, record -> {
                try {
                    String colour = new ObjectMapper()
                            .readTree(record.value())
                            .path("colour")
                            .asText();
                    truth.merge(colour + "@" + record.timestamp() / WINDOW_MS * WINDOW_MS, 1, Integer::sum);
                } catch (IOException e) {
                    bad.put(record.partition() + "@" + record.offset(), 1);
                }
            });
            try (RouteProcess last = start(name)) {
                await("all is counted, seed %d, see %s".formatted(SEED, last.log()))
                        .atMost(LONG)
                        .until(() -> counted(out).equals(truth));
                await("all is read").atMost(LONG).until(() -> isRead("wadi-" + name, in));
                assertThat(last.stop()).isZero();
            }
            check(name, out, truth, bad);
        }
    }

    private RouteProcess start(String name) throws Exception {
        return RouteProcess.start(
                List.of(),
                line -> {},
                List.of(
                        "-Dwadi.streams.directory=" + directory,
                        "-Dwadi.streams.run=" + name,
                        "-Dwadi.streams.state-directory=" + directory.resolve("state")));
    }

    private static boolean isRead(String group, String topic) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = KafkaProbe.committed(group);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            TopicPartition each = new TopicPartition(topic, partition);
            if (!committed.containsKey(each) || committed.get(each).offset() < KafkaProbe.end(each)) {
                return false;
            }
        }
        return true;
    }

    /** The last result of each window. */
    private static Map<String, Integer> counted(String out) {
        Map<String, Integer> counts = new TreeMap<>();
        KafkaProbe.forEach(
                out,
                result -> counts.put(
                        new String(result.key(), UTF_8), Integer.valueOf(new String(result.value(), UTF_8))));
        return counts;
    }

    private static void check(String name, String out, Map<String, Integer> truth, Map<String, Integer> bad) {
        Map<String, List<Integer>> told = new TreeMap<>();
        KafkaProbe.forEach(
                out,
                result -> told.computeIfAbsent(new String(result.key(), UTF_8), key -> new ArrayList<>())
                        .add(Integer.valueOf(new String(result.value(), UTF_8))));
        Map<String, Integer> letters = new TreeMap<>();
        KafkaProbe.forEach("wadi.dead-letter", letter -> {
            if ((name + ".in").equals(KafkaProbe.header(letter, "__connect.errors.topic"))) {
                letters.merge(
                        KafkaProbe.header(letter, "__connect.errors.partition") + "@"
                                + KafkaProbe.header(letter, "__connect.errors.offset"),
                        1,
                        Integer::sum);
            }
        });
        System.out.printf(
                "%s: %d records in %d windows, %d dead letters, each once%n",
                name, truth.values().stream().mapToInt(Integer::intValue).sum(), truth.size(), bad.size());
        assertThat(truth).hasSizeGreaterThan(COLOURS);
        assertThat(bad).isNotEmpty();
        assertThat(told)
                .allSatisfy((window, counts) -> assertThat(counts)
                        .as("%s, seed %d", window, SEED)
                        .isSorted()
                        .doesNotHaveDuplicates());
        assertThat(letters).as("seed %d", SEED).isEqualTo(bad);
    }

    private static String record(int number) {
        return number % 97 == 13 ? "{no" : "{\"colour\":\"c%d\"}".formatted(number % COLOURS);
    }
}
