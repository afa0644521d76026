package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.AlertEvaluator;
import io.wadi.metrics.alerts.AlertRules;
import io.wadi.metrics.alerts.DocumentOutcome;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills of a process that runs only the shipped alerts, at random moments under steady load with some invalid
 * documents. The oracle is an {@link AlertEvaluator} that reads the same documents: the committed records have each of
 * its changes once, in its order, and each rejected document is one dead letter.
 */
@Nightly(
        perChange = {
            "AlertsOnKafkaIT#incidentAcrossARestart_isReportedOnce",
            "FleetTest",
            "StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce"
        })
class AlertsCrashIT {
    private static final int PARTITIONS = 3;
    private static final int HOSTS = 30;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final long SEED = Long.getLong("test.seed", 20261121);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String RULES = """
            rules:
              - {alert: Busy, metricset: cpu, value: used, above: 40, for: 2s, keep-firing-for: 2s}
              - {alert: Busier, metricset: cpu, value: used, above: 90, resolve-at: 70}
              - {alert: Full, metricset: memory, value: used, above: 40, for: 2s}
            """;

    @TempDir
    private Path directory;

    @Test
    void killedManyTimesAtRandom_emitsEachChangeOnce() throws Exception {
        kill("alerts-many-kills", 50);
    }

    /** Kills alternately the instance that joined last and the older one. */
    @Test
    void oneOfTwoInstancesKilled_otherContinuesItsAlerts_emitsEachChangeOnce() throws Exception {
        String name = "alerts-take-over";
        List<String> topics = prepare(name);
        List<RouteProcess> instances = new ArrayList<>();
        try (SteadyLoad cpus = load(topics.get(0), "cpu");
                SteadyLoad memories = load(topics.get(1), "memory")) {
            RandomKills kills = kills(name);
            instances.add(start(name, "state-0"));
            for (int kill = 1; kill <= 8; kill++) {
                instances.add(start(name, "state-" + kill));
                Path log = instances.get(1).log();
                await("both have partitions, see " + log).atMost(LONG).until(() -> GroupProbe.isShared(name, 2));
                awaitRead(name, topics, log);
                kills.awaitNext(instances.get(1));
                instances.remove(kill % 2).kill();
                awaitRead(name, topics, instances.get(0).log());
            }
            cpus.stop();
            memories.stop();
            awaitRead(name, topics, instances.get(0).log());
            assertThat(instances.get(0).stop()).isZero();
        } finally {
            instances.forEach(RouteProcess::close);
        }
        check(name, topics);
    }

    private void kill(String name, int kills) throws Exception {
        List<String> topics = prepare(name);
        try (SteadyLoad cpus = load(topics.get(0), "cpu");
                SteadyLoad memories = load(topics.get(1), "memory")) {
            kills(name).kill(kills, () -> start(name, "state"));
            cpus.stop();
            memories.stop();
            try (RouteProcess last = start(name, "state")) {
                awaitRead(name, topics, last.log());
                assertThat(last.stop()).isZero();
            }
        }
        check(name, topics);
    }

    /** Creates the topics and returns those of documents. */
    private List<String> prepare(String name) throws Exception {
        List<String> topics = List.of(name + ".cpu", name + ".memory");
        for (String topic : topics) {
            TopicProbe.create(topic, PARTITIONS);
        }
        TopicProbe.create(name, 1, Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000"));
        Files.writeString(directory.resolve("alerts.yaml"), RULES);
        return topics;
    }

    private static SteadyLoad load(String topic, String metricset) throws Exception {
        return SteadyLoad.start(topic, PARTITIONS, number -> document(metricset, number));
    }

    private static RandomKills kills(String name) {
        return new RandomKills("changes", () -> TopicProbe.end(new TopicPartition(name, 0)), 500, SEED);
    }

    /** Waits until the group has read the topics up to their current end offsets. */
    private static void awaitRead(String group, List<String> topics, Path log) throws Exception {
        Map<TopicPartition, Long> ends = TopicProbe.ends(topics);
        await("all is read, seed %d, see %s".formatted(SEED, log))
                .atMost(LONG)
                .until(() -> GroupProbe.hasRead(group, ends));
    }

    private RouteProcess start(String name, String state) throws Exception {
        return RouteProcess.start(
                "alerts",
                line -> {},
                List.of(
                        "-Dwadi.alerts.application=" + name,
                        "-Dwadi.alerts.topics=" + name + ".cpu," + name + ".memory",
                        "-Dwadi.alerts.topic=" + name,
                        "-Dwadi.alerts.file=" + directory.resolve("alerts.yaml"),
                        "-Dwadi.streams.state-directory=" + directory.resolve(state),
                        "-Dwadi.metrics.topic=" + name + ".cpu"));
    }

    private static void check(String name, List<String> topics) {
        TopicProbe.awaitReadable(name, "wadi.dead-letter");
        Map<String, List<String>> expected = new TreeMap<>();
        Map<String, Integer> refused = new TreeMap<>();
        for (String topic : topics) {
            Map<Integer, AlertEvaluator> oracles = new HashMap<>();
            KafkaProbe.forEach(topic, given -> {
                DocumentOutcome outcome = oracles.computeIfAbsent(
                                given.partition(), partition -> new AlertEvaluator(AlertRules.parse(RULES), HOSTS))
                        .accept(given.value(), Long.MAX_VALUE);
                outcome.alerts().forEach(change -> add(expected, key(change), new String(change.toJson(), UTF_8)));
                outcome.deadLetter()
                        .ifPresent(why -> refused.put(topic + "-" + given.partition() + "@" + given.offset(), 1));
            });
        }
        Map<String, List<String>> reported = new TreeMap<>();
        KafkaProbe.forEach(
                name, change -> add(reported, new String(change.key(), UTF_8), new String(change.value(), UTF_8)));
        Map<String, Integer> deadLetters = new TreeMap<>();
        KafkaProbe.forEach("wadi.dead-letter", deadLetter -> {
            String topic = KafkaProbe.header(deadLetter, "__connect.errors.topic");
            if (topics.contains(topic)) {
                String at = topic + "-" + KafkaProbe.header(deadLetter, "__connect.errors.partition") + "@"
                        + KafkaProbe.header(deadLetter, "__connect.errors.offset");
                deadLetters.merge(at, 1, Integer::sum);
            }
        });
        int changes = expected.values().stream().mapToInt(List::size).sum();
        System.out.printf("%s: %d changes and %d dead letters, each once%n", name, changes, refused.size());
        assertThat(expected).hasSize(3 * HOSTS);
        // The number of documents sent, and therefore the last state of a host, depends on the machine's speed.
        assertThat(expected.values().stream().flatMap(List::stream).toList())
                .anyMatch(change -> change.contains("\"pending\""))
                .anyMatch(change -> change.contains("\"firing\""))
                .anyMatch(change -> change.contains("\"resolved\""));
        assertThat(refused).isNotEmpty();
        assertThat(reported).as("seed %d", SEED).isEqualTo(expected);
        assertThat(deadLetters).as("seed %d", SEED).isEqualTo(refused);
    }

    private static void add(Map<String, List<String>> all, String key, String value) {
        all.computeIfAbsent(key, unseen -> new ArrayList<>()).add(value);
    }

    private static String key(Alert change) {
        return change.rule() + "@" + change.host();
    }

    /** Returns a document. Those of a host are one second apart, with reproducible random values. */
    private static String document(String metricset, int number) {
        if (number % 97 == 13) {
            return "{\"metricset\":{\"name\":\"" + metricset + "\"},\"no\":\"host\"}";
        }
        int used = new Random((long) number * 31 + metricset.length()).nextInt(100);
        return """
                {"@timestamp":"%s","metricset":{"name":"%s"},"host":{"name":"host-%02d"},"used":%d}""".formatted(START.plusSeconds(number / HOSTS), metricset, number % HOSTS, used);
    }
}
