package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * kill -9 of the pipeline, with the shipped metrics route alone and exactly once, at random moments while documents come:
 * afterwards readers of committed records find each document, alert and dead letter once, a host's in order.
 */
class RoutingCrashIT {
    private static final int PARTITIONS = 3;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final Pattern NUMBER = Pattern.compile("n-(\\d+)");

    /** A process routes as many documents, or fewer, before the kill. */
    private static final int DOCUMENTS = 800;

    private static final long SEED = Long.getLong("test.seed", 20261121);

    @Test
    void killedAtRandomMoments_leavesNothingOutAndNothingTwice() throws Exception {
        kill("routing-kills", 3);
    }

    @Test
    @Tag("long")
    void killedManyTimesAtRandomMoments_leavesNothingOutAndNothingTwice() throws Exception {
        kill("routing-many-kills", 60);
    }

    private static void kill(String topic, int kills) throws Exception {
        for (String each : List.of("", ".cpu", ".memory", ".alert", ".letters")) {
            KafkaProbe.createTopic(topic + each, PARTITIONS);
        }
        int sent;
        try (SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, RoutingCrashIT::document)) {
            Random random = new Random(SEED);
            RouteProcess wadi = start(topic);
            try {
                for (int kill = 1; kill <= kills; kill++) {
                    awaitCommitted(topic, committed(topic) + 1 + random.nextInt(DOCUMENTS));
                    wadi.kill();
                    wadi = start(topic);
                }
                load.stop();
                sent = load.sent();
                awaitCommitted(topic, sent);
            } finally {
                wadi.close();
            }
        }
        assertOnce(topic + ".cpu", sent, number -> number % 10 < 6);
        assertOnce(topic + ".alert", sent, number -> number % 10 < 3);
        assertOnce(topic + ".memory", sent, number -> number % 10 >= 6 && number % 10 < 9);
        assertOnce(topic + ".letters", sent, number -> number % 10 == 9);
    }

    private static String document(int number) {
        int kind = number % 10;
        if (kind == 9) {
            return "not json n-" + number;
        }
        String system = kind < 6
                ? "\"cpu\":{\"total\":{\"norm\":{\"pct\":%s}}}".formatted(kind < 3 ? "0.9" : "0.1")
                : "\"memory\":{\"actual\":{\"used\":{\"pct\":0.3}}}";
        return """
                {"@timestamp":"2026-11-20T01:00:00.000Z","metricset":{"name":"%s"},\
                "host":{"name":"web-%d","id":"n-%d"},"system":{%s}}""".formatted(kind < 6 ? "cpu" : "memory", number % PARTITIONS, number, system);
    }

    private static long committed(String topic) throws Exception {
        return KafkaProbe.committed(topic).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static void awaitCommitted(String topic, long offsets) {
        await("%d documents of %s, seed %d".formatted(offsets, topic, SEED))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(LONG)
                .until(() -> committed(topic) >= offsets);
    }

    private static void assertOnce(String topic, int sent, IntPredicate expected) throws Exception {
        List<List<Integer>> byOrigin = new ArrayList<>();
        for (int origin = 0; origin < PARTITIONS; origin++) {
            byOrigin.add(new ArrayList<>());
        }
        KafkaProbe.awaitReadable(topic);
        KafkaProbe.forEach(topic, found -> {
            Matcher number = NUMBER.matcher(new String(found.value(), UTF_8));
            assertThat(number.find()).isTrue();
            int origin = Integer.parseInt(number.group(1));
            byOrigin.get(origin % PARTITIONS).add(origin);
        });
        for (int origin = 0; origin < PARTITIONS; origin++) {
            int remainder = origin;
            if (topic.endsWith(".letters")) {
                Collections.sort(byOrigin.get(origin));
            }
            assertThat(byOrigin.get(origin))
                    .as("%s of partition %d, seed %d", topic, origin, SEED)
                    .containsExactlyElementsOf(IntStream.range(0, sent)
                            .filter(number -> number % PARTITIONS == remainder && expected.test(number))
                            .boxed()
                            .toList());
        }
    }

    private static RouteProcess start(String topic) throws IOException {
        return RouteProcess.start(
                "server-metrics",
                line -> {},
                List.of(
                        "-Dwadi.metrics.exactly-once=true",
                        "-Dwadi.metrics.topic=" + topic,
                        "-Dwadi.metrics.group=" + topic,
                        "-Dwadi.metrics.cpu-topic=" + topic + ".cpu",
                        "-Dwadi.metrics.memory-topic=" + topic + ".memory",
                        "-Dwadi.metrics.cpu-alert-topic=" + topic + ".alert",
                        "-Dwadi.metrics.memory-alert-topic=" + topic + ".alert",
                        "-Dwadi.dead-letters.topic=" + topic + ".letters"));
    }
}
