package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Kills and freezes of a process that runs only the shipped metrics route, under steady load. With exactly-once, the
 * committed records have each document, alert and dead letter once, in the order of their partition. With
 * at-least-once, records after the committed offset are repeated.
 */
class RoutingCrashIT {
    private static final int PARTITIONS = 3;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final String DEAD_LETTERS = ".dead-letters";
    private static final Pattern NUMBER = Pattern.compile("n-(\\d+)");

    /** The maximum number of documents that a process routes before it is killed. */
    private static final int DOCUMENTS = 800;

    private static final long SEED = Long.getLong("test.seed", 20261121);
    /** With one consumer, only a kill moves partitions: no other member that joins causes repeated records. */
    private static final String ONE_CONSUMER = "-Dwadi.metrics.consumers=1";

    /** With a long session timeout, only a kill ends a membership, not a delayed heartbeat. */
    private static final String LONG_SESSION = "-Dcamel.component.kafka.session-timeout-ms=20000";

    @Test
    void killedAtRandom_routesEachRecordOnce() throws Exception {
        kill("routing-kills", 1);
    }

    @Test
    @Nightly(perChange = {"RoutingCrashIT#killedAtRandom_routesEachRecordOnce"})
    void killedManyTimesAtRandom_routesEachRecordOnce() throws Exception {
        kill("routing-many-kills", 60);
    }

    @Test
    @Nightly(
            perChange = {
                "RoutingCrashIT#killedAtRandom_routesEachRecordOnce",
                "TransactionMarkersIT#markersAndAbortedRecordsAtTheEnd_areCommittedPast"
            })
    void killedUnderTheConsumerProtocol_routesEachRecordOnce() throws Exception {
        String topic = "routing-consumer-protocol";
        GroupProbe.shortSessions(topic);
        kill(topic, 2, RouteProcess.CONSUMER_PROTOCOL);
        assertThat(GroupProbe.type(topic)).isEqualTo(GroupType.CONSUMER);
    }

    /** Frozen until another member has taken over; the transactions of the frozen one are then fenced. */
    @Test
    @Nightly(because = "freezes processes for longer than the session timeout")
    void frozenUnderTheConsumerProtocol_routesEachRecordOnce() throws Exception {
        String topic = "routing-zombies-consumer-protocol";
        GroupProbe.shortSessions(topic);
        routeOnce(
                topic,
                moments -> moments.freeze(3, topic, () -> start(topic, true, RouteProcess.CONSUMER_PROTOCOL)),
                RouteProcess.CONSUMER_PROTOCOL);
        assertThat(GroupProbe.type(topic)).isEqualTo(GroupType.CONSUMER);
    }

    @Test
    @Nightly(perChange = {"ConsumerRandomTest", "RoutingCrashIT#killedAtRandom_routesEachRecordOnce"})
    void killedWithAtLeastOnce_losesNothing_andRepeatsUncommittedRecordsInOrder() throws Exception {
        String topic = "routing-at-least-once";
        createTopics(topic);
        List<Map<TopicPartition, OffsetAndMetadata>> committed = new ArrayList<>();
        List<List<Integer>> writtenUncommitted;
        int sent;
        try (SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, RoutingCrashIT::metric)) {
            RouteProcess wadi = startWithoutCommits(topic);
            try {
                await("documents of cpu, see " + wadi.log())
                        .atMost(LONG)
                        .until(() -> !byOrigin(topic + ".cpu").stream().allMatch(List::isEmpty));
                wadi.kill();
                committed.add(GroupProbe.committed(topic));
                assertThat(committed(topic)).isZero();
                writtenUncommitted = byOrigin(topic + ".cpu");

                wadi = start(topic, false, ONE_CONSUMER, LONG_SESSION);
                awaitCommitted(topic, 1 + new Random(SEED).nextInt(DOCUMENTS), wadi.log());
                wadi.kill();
                committed.add(GroupProbe.committed(topic));

                wadi = start(topic, false, ONE_CONSUMER, LONG_SESSION);
                load.stop();
                sent = load.sent();
                awaitCommitted(topic, sent, wadi.log());
            } finally {
                wadi.close();
            }
        }
        assertAtLeastOnce(topic + ".cpu", sent, number -> number % 10 < 6, committed);
        assertAtLeastOnce(topic + ".alert", sent, number -> number % 10 < 3, committed);
        assertAtLeastOnce(topic + ".memory", sent, number -> number % 10 >= 6, committed);
        List<List<Integer>> cpu = byOrigin(topic + ".cpu");
        for (int origin = 0; origin < PARTITIONS; origin++) {
            List<Integer> found = cpu.get(origin);
            assertThat(writtenUncommitted.get(origin))
                    .as("documents of partition %d written before the first commit", origin)
                    .allMatch(number -> Collections.frequency(found, number) >= 2);
        }
    }

    /**
     * Starts a process that commits nothing: its producer sends full batches only, so that some documents always wait
     * for their acknowledgment, and a long poll interval allows its consumer to wait for that.
     */
    private static RouteProcess startWithoutCommits(String topic) throws IOException {
        return start(
                topic,
                false,
                "-Dcamel.component.kafka.linger-ms=60000",
                "-Dcamel.component.kafka.max-poll-interval-ms=300000",
                ONE_CONSUMER,
                LONG_SESSION);
    }

    private static void createTopics(String topic) throws Exception {
        for (String each : List.of("", ".cpu", ".memory", ".alert", DEAD_LETTERS)) {
            TopicProbe.create(topic + each, PARTITIONS);
        }
    }

    private static void kill(String topic, int kills, String... options) throws Exception {
        routeOnce(topic, moments -> moments.kill(kills, () -> start(topic, true, options)), options);
    }

    /** Asserts that each record is routed once, whatever happens at random moments. */
    private static void routeOnce(String topic, ThrowingConsumer<RandomKills, Exception> failures, String... options)
            throws Exception {
        createTopics(topic);
        int sent;
        try (SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, RoutingCrashIT::document)) {
            failures.accept(new RandomKills("documents", () -> committed(topic), DOCUMENTS, SEED));
            try (RouteProcess last = start(topic, true, options)) {
                load.stop();
                sent = load.sent();
                awaitCommitted(topic, sent, last.log());
            }
        }
        assertOnce(topic + ".cpu", sent, number -> number % 10 < 6);
        assertOnce(topic + ".alert", sent, number -> number % 10 < 3);
        assertOnce(topic + ".memory", sent, number -> number % 10 >= 6 && number % 10 < 9);
        assertOnce(topic + DEAD_LETTERS, sent, number -> number % 10 == 9);
    }

    private static String document(int number) {
        return number % 10 == 9 ? "not json n-" + number : metric(number);
    }

    private static String metric(int number) {
        int kind = number % 10;
        String system = kind < 6
                ? "\"cpu\":{\"total\":{\"norm\":{\"pct\":%s}}}".formatted(kind < 3 ? "0.9" : "0.1")
                : "\"memory\":{\"actual\":{\"used\":{\"pct\":0.3}}}";
        return """
                {"@timestamp":"2026-11-20T01:00:00.000Z","metricset":{"name":"%s"},\
                "host":{"name":"web-%d","id":"n-%d"},"system":{%s}}""".formatted(kind < 6 ? "cpu" : "memory", number % PARTITIONS, number, system);
    }

    private static long committed(String topic) throws Exception {
        return GroupProbe.committed(topic).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static void awaitCommitted(String topic, long offsets, Path log) {
        await("%d documents of %s, seed %d, see %s".formatted(offsets, topic, SEED, log))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(LONG)
                .until(() -> committed(topic) >= offsets);
    }

    private static void assertOnce(String topic, int sent, IntPredicate expected) throws Exception {
        TopicProbe.awaitReadable(topic);
        List<List<Integer>> found = byOrigin(topic);
        for (int origin = 0; origin < PARTITIONS; origin++) {
            if (topic.endsWith(DEAD_LETTERS)) {
                Collections.sort(found.get(origin));
            }
            assertThat(found.get(origin))
                    .as("%s of partition %d, seed %d", topic, origin, SEED)
                    .containsExactlyElementsOf(numbers(origin, sent, expected));
        }
    }

    /**
     * Asserts that no document is missing, that the documents of a source partition are in order, resuming at an
     * earlier one after a kill, and that none appears more than once plus once for each kill before its offset was
     * committed.
     */
    private static void assertAtLeastOnce(
            String topic, int sent, IntPredicate expected, List<Map<TopicPartition, OffsetAndMetadata>> committed) {
        List<List<Integer>> byOrigin = byOrigin(topic);
        for (int origin = 0; origin < PARTITIONS; origin++) {
            String where = "%s of partition %d, seed %d".formatted(topic, origin, SEED);
            List<Integer> found = byOrigin.get(origin);
            assertInOrder(where, found, numbers(origin, sent, expected), committed.size());
            List<Long> offsets = offsets(committed, origin);
            assertThat(found)
                    .as(where)
                    .allSatisfy(number -> assertThat((long) Collections.frequency(found, number))
                            .isLessThanOrEqualTo(1
                                    + offsets.stream()
                                            .filter(offset -> number / PARTITIONS >= offset)
                                            .count()));
        }
    }

    private static void assertInOrder(String where, List<Integer> found, List<Integer> numbers, int kills) {
        int next = 0;
        int repeats = 0;
        for (int number : found) {
            int index = Collections.binarySearch(numbers, number);
            assertThat(index).as("index of %d in %s", number, where).isLessThanOrEqualTo(next);
            repeats += index < next ? 1 : 0;
            next = index + 1;
        }
        assertThat(next).as(where).isEqualTo(numbers.size());
        assertThat(repeats).as("times that %s begins again", where).isLessThanOrEqualTo(kills);
    }

    /** Returns the committed offset of a partition at each kill. */
    private static List<Long> offsets(List<Map<TopicPartition, OffsetAndMetadata>> committed, int partition) {
        return committed.stream()
                .map(each -> each.entrySet().stream()
                        .filter(offset -> offset.getKey().partition() == partition)
                        .mapToLong(offset -> offset.getValue().offset())
                        .sum())
                .toList();
    }

    private static List<Integer> numbers(int origin, int sent, IntPredicate expected) {
        return IntStream.range(0, sent)
                .filter(number -> number % PARTITIONS == origin && expected.test(number))
                .boxed()
                .toList();
    }

    /** Returns the documents of a topic by source partition. */
    private static List<List<Integer>> byOrigin(String topic) {
        List<List<Integer>> byOrigin = new ArrayList<>();
        for (int origin = 0; origin < PARTITIONS; origin++) {
            byOrigin.add(new ArrayList<>());
        }
        KafkaProbe.forEach(topic, found -> {
            Matcher number = NUMBER.matcher(new String(found.value(), UTF_8));
            assertThat(number.find()).isTrue();
            int origin = Integer.parseInt(number.group(1));
            byOrigin.get(origin % PARTITIONS).add(origin);
        });
        return byOrigin;
    }

    private static RouteProcess start(String topic, boolean exactlyOnce, String... further) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Dwadi.metrics.exactly-once=" + exactlyOnce,
                "-Dwadi.metrics.topic=" + topic,
                "-Dwadi.metrics.group=" + topic,
                "-Dwadi.metrics.cpu-topic=" + topic + ".cpu",
                "-Dwadi.metrics.memory-topic=" + topic + ".memory",
                "-Dwadi.metrics.cpu-alert-topic=" + topic + ".alert",
                "-Dwadi.metrics.memory-alert-topic=" + topic + ".alert",
                "-Dwadi.dead-letters.topic=" + topic + DEAD_LETTERS));
        options.addAll(List.of(further));
        return RouteProcess.start("server-metrics", line -> {}, options);
    }
}
