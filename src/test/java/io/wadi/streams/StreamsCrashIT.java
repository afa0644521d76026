package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at random moments within windows, under steady load with some invalid records. In the committed results, the
 * count of each window strictly increases to the correct value, and each invalid record is one dead letter.
 */
class StreamsCrashIT {
    private static final int PARTITIONS = 3;
    private static final int COLORS = 10;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final long SEED = Long.getLong("test.seed", 20261121);
    private static final long WINDOW_MS = 2000;

    @TempDir
    private Path directory;

    private final List<RouteProcess> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(RouteProcess::close);
    }

    @Test
    void killedAtARandomMoment_countsEachRecordOnce() throws Exception {
        kill("streams-kills", 1, "");
    }

    @Test
    @Nightly(
            perChange = {
                "PeriodicEmissionTest#changes_areEmittedOnce_withTheLatestValueAndTimePerKey",
                "StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce"
            })
    void killedAtRandom_emitsEachChangeOnce() throws Exception {
        kill("streams-every-kills", 2, "- every: {wall-clock: 100ms}");
    }

    @Test
    @Nightly(perChange = {"StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce"})
    void killedManyTimesAtRandom_countsEachRecordOnce() throws Exception {
        kill("streams-many-kills", 50, "");
    }

    /** Each of two instances owns some colors, has standby copies of the others, and answers queries for all. */
    @Test
    @Nightly(
            perChange = {
                "StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce",
                "TablesIT#keyOfAnotherInstance_isAnsweredByEither_withTheCallersRights"
            })
    void oneOfTwoInstancesKilled_otherContinuesItsCounts_andAnswersForAllKeys() throws Exception {
        String name = "streams-pair";
        prepare(name, 1, "");
        Random random = new Random(SEED);
        RandomKills results = results(name);
        List<Member> members = new ArrayList<>();
        try (SteadyLoad load = SteadyLoad.start(name + ".in", PARTITIONS, StreamsCrashIT::record)) {
            members.add(member(name));
            for (int round = 1; round <= 6; round++) {
                members.add(member(name));
                for (Member each : members) {
                    await("copies, see " + each.log())
                            .ignoreExceptionsInstanceOf(IOException.class)
                            .atMost(LONG)
                            .until(() -> each.hasOrCopiesAll(name));
                }
                awaitAnswers(name, members);
                results.awaitNext(members.get(0).process());
                members.remove(random.nextInt(members.size())).process().kill();
                awaitAnswers(name, members);
            }
            Map<String, Integer> truth = finish(name, load, members.get(0).process());
            assertThat(members.get(0).windows(name)).as("seed %d", SEED).isEqualTo(truth);
            assertThat(members.get(0).process().stop()).isZero();
        }
    }

    private void kill(String name, int kills, String step) throws Exception {
        prepare(name, 0, step);
        try (SteadyLoad load = SteadyLoad.start(name + ".in", PARTITIONS, StreamsCrashIT::record)) {
            results(name).kill(kills, () -> start(name, List.of()));
            RouteProcess last = start(name, List.of());
            finish(name, load, last);
            assertThat(last.stop()).isZero();
        }
    }

    private void prepare(String name, int standbys, String step) throws Exception {
        TopicProbe.create(name + ".in", PARTITIONS);
        TopicProbe.create(name + ".out", 1);
        Files.writeString(directory.resolve(name + ".yaml"), """
                standbys: %d
                from: {topic: %s.in, value: json}
                steps:
                  - select-key: {jsonpath: $.color}
                  - window: {tumbling: %dms, grace: 1h}
                  - count: true
                  %s
                  - select-key: {jq: '"\\($key)@\\($windowStart)"'}
                to: %s.out
                """.formatted(standbys, name, WINDOW_MS, step, name));
    }

    private static RandomKills results(String name) {
        return new RandomKills("results", () -> TopicProbe.end(new TopicPartition(name + ".out", 0)), 200, SEED);
    }

    /** Waits until each color has one owner, each instance owns some, and all return the same first two windows. */
    private static void awaitAnswers(String name, List<Member> members) {
        String first = "?to=" + (KafkaProbe.read(name + ".in", 0, 0).timestamp() + WINDOW_MS);
        await("answers of %d, seed %d".formatted(members.size(), SEED))
                .atMost(LONG)
                .untilAsserted(() -> {
                    Set<Member> owners = new HashSet<>();
                    for (int number = 0; number < COLORS; number++) {
                        String path = "/tables/%s/c%d%s".formatted(name, number, first);
                        Set<String> answers = new HashSet<>();
                        List<Member> here = new ArrayList<>();
                        for (Member each : members) {
                            HttpResponse<String> answer = each.get(path);
                            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                            answers.add(answer.body());
                            // A forwarded request is not forwarded again.
                            if (each.get(path, "Wadi-Forwarded-To", "owner").statusCode() == 200) {
                                here.add(each);
                            }
                        }
                        assertThat(answers).hasSize(1);
                        assertThat(here).hasSize(1);
                        owners.addAll(here);
                    }
                    assertThat(owners).hasSameSizeAs(members);
                });
    }

    /** Returns the expected count of each window, once it has been emitted. */
    private static Map<String, Integer> finish(String name, SteadyLoad load, RouteProcess last) throws Exception {
        String in = name + ".in";
        load.stop();
        Map<String, Integer> truth = new TreeMap<>();
        Map<String, Integer> bad = new TreeMap<>();
        KafkaProbe.forEach(in, record -> {
            try {
                String color = new ObjectMapper()
                        .readTree(record.value())
                        .path("color")
                        .asText();
                truth.merge(color + "@" + record.timestamp() / WINDOW_MS * WINDOW_MS, 1, Integer::sum);
            } catch (IOException e) {
                bad.put(record.partition() + "@" + record.offset(), 1);
            }
        });
        await("all is counted, seed %d, see %s".formatted(SEED, last.log()))
                .atMost(LONG)
                .until(() -> counted(name + ".out").equals(truth));
        await("all is read").atMost(LONG).until(() -> GroupProbe.hasRead("wadi-" + name, TopicProbe.ends(List.of(in))));
        TopicProbe.awaitReadable(name + ".out", "wadi.dead-letter");
        check(name, truth, bad);
        return truth;
    }

    /** An instance with an advertised address. */
    private record Member(RouteProcess process, String url) {
        HttpResponse<String> get(String path, String... headers) throws Exception {
            return Http.get(url + path, headers);
        }

        Path log() {
            return process.log();
        }

        boolean hasOrCopiesAll(String table) throws Exception {
            JsonNode status = Http.json(get("/tables/" + table));
            int copies = status.path("copies").size();
            return copies > 0 && status.path("partitions").size() + copies == PARTITIONS;
        }

        /** Returns all windows of all colors, in the form of {@link StreamsCrashIT#counted}. */
        Map<String, Integer> windows(String table) throws Exception {
            Map<String, Integer> windows = new TreeMap<>();
            for (int number = 0; number < COLORS; number++) {
                String color = "c" + number;
                for (JsonNode each : Http.json(get("/tables/%s/%s?limit=1000".formatted(table, color)))
                        .path("windows")) {
                    long start = Instant.parse(each.path("start").asText()).toEpochMilli();
                    windows.put(color + "@" + start, each.path("value").asInt());
                }
            }
            return windows;
        }
    }

    private Member member(String name) throws Exception {
        int port = Ports.free();
        RouteProcess process = start(
                name,
                List.of(
                        "-Dwadi.management.port=" + port,
                        "-Dwadi.streams.advertised-address=localhost:" + port,
                        "-Dwadi.streams.state-directory=" + directory.resolve("state-" + port)));
        return new Member(process, "http://localhost:" + port);
    }

    private RouteProcess start(String name, List<String> options) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "-Dwadi.streams.directory=" + directory,
                "-Dwadi.streams.files=" + name,
                "-Dwadi.streams.state-directory=" + directory.resolve("state")));
        all.addAll(options);
        RouteProcess process = RouteProcess.start(List.of(), line -> {}, all);
        started.add(process);
        return process;
    }

    /** Returns the last result of each window. */
    private static Map<String, Integer> counted(String out) {
        Map<String, Integer> counts = new TreeMap<>();
        KafkaProbe.forEach(
                out,
                result -> counts.put(
                        new String(result.key(), UTF_8), Integer.valueOf(new String(result.value(), UTF_8))));
        return counts;
    }

    private static void check(String name, Map<String, Integer> truth, Map<String, Integer> bad) {
        Map<String, List<Integer>> reported = new TreeMap<>();
        KafkaProbe.forEach(
                name + ".out",
                result -> reported.computeIfAbsent(new String(result.key(), UTF_8), key -> new ArrayList<>())
                        .add(Integer.valueOf(new String(result.value(), UTF_8))));
        Map<String, Integer> deadLetters = new TreeMap<>();
        KafkaProbe.forEach("wadi.dead-letter", deadLetter -> {
            if ((name + ".in").equals(KafkaProbe.header(deadLetter, "__connect.errors.topic"))) {
                deadLetters.merge(
                        KafkaProbe.header(deadLetter, "__connect.errors.partition") + "@"
                                + KafkaProbe.header(deadLetter, "__connect.errors.offset"),
                        1,
                        Integer::sum);
            }
        });
        System.out.printf(
                "%s: %d records in %d windows, %d dead letters, each once%n",
                name, truth.values().stream().mapToInt(Integer::intValue).sum(), truth.size(), bad.size());
        assertThat(truth).hasSizeGreaterThan(COLORS);
        assertThat(bad).isNotEmpty();
        assertThat(reported)
                .allSatisfy((window, counts) -> assertThat(counts)
                        .as("%s, seed %d", window, SEED)
                        .isSorted()
                        .doesNotHaveDuplicates());
        assertThat(deadLetters).as("seed %d", SEED).isEqualTo(bad);
    }

    private static String record(int number) {
        return number % 97 == 13 ? "{no" : "{\"color\":\"c%d\"}".formatted(number % COLORS);
    }
}
