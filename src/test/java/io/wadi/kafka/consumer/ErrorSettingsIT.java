package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import io.wadi.testing.TopicProbe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A failed record is redelivered in order, after a growing backoff of its partition only, with any of camel-kafka's
 * error settings. There is one route for each setting; all run at the same time.
 */
class ErrorSettingsIT {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 10;
    private static final String MANUAL = "&allowManualCommit=true&kafkaManualCommitFactory=";
    private static final List<String> SETTINGS = Stream.of(
                    Stream.of("RETRY", "RECONNECT", "STOP")
                            .flatMap(onError -> Stream.of(
                                    "pollOnError=" + onError, "pollOnError=" + onError + "&breakOnFirstError=true")),
                    Stream.of(
                            "autoCommitEnable=true",
                            "breakOnFirstError=true" + MANUAL + "#sync",
                            "autoCommitEnable=false" + MANUAL + "#sync",
                            "autoCommitEnable=false&breakOnFirstError=true" + MANUAL + "#sync",
                            "pollOnError=STOP" + MANUAL + "#async",
                            "autoCommitEnable=false" + MANUAL + "#async"))
            .flatMap(settings -> settings)
            .toList();

    private static final Map<String, Recorder> RECORDERS = new ConcurrentHashMap<>();
    private static final Map<String, String> RAN_AHEAD = new ConcurrentHashMap<>();
    private static Flow flow;

    @BeforeAll
    static void start() throws Exception {
        for (String settings : SETTINGS) {
            TopicProbe.create(topic(settings), PARTITIONS);
            Flow.produce(topic(settings), PARTITIONS, 0, RECORDS);
        }
        flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                SETTINGS.forEach(settings -> from("kafka:%s?groupId=%1$s&%s".formatted(topic(settings), settings))
                        .routeId(topic(settings))
                        .process(recorder(settings))
                        .process(exchange -> {
                            // As the documentation of camel-kafka recommends.
                            KafkaManualCommit manual = exchange.getMessage()
                                    .getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
                            if (manual != null) {
                                manual.commit();
                            }
                        }));
            }
        });
    }

    @AfterAll
    static void stop() {
        flow.close();
    }

    /**
     * Partition 0 fails at its fourth record until partition 1 is complete and there were four attempts; partition 1
     * fails once, at its last record.
     */
    private static Recorder recorder(String settings) {
        Recorder recorder = new Recorder((given, number) -> {
            checkCommitted(settings, given.partition(), given.offset());
            if (given.partition() == 0 && given.offset() == 3) {
                return number < 4 || RECORDERS.get(settings).done(1).size() < RECORDS;
            }
            return given.partition() == 1 && given.offset() == RECORDS - 1 && number == 1;
        });
        RECORDERS.put(settings, recorder);
        return recorder;
    }

    private static void checkCommitted(String settings, int partition, long offset) throws Exception {
        long committed = Flow.committed(topic(settings), topic(settings), partition);
        if (committed > offset) {
            RAN_AHEAD.put(settings, "committed %d while %d is in work".formatted(committed, offset));
        }
    }

    private static String topic(String settings) {
        return "settings-" + SETTINGS.indexOf(settings);
    }

    static Stream<String> settings() {
        return SETTINGS.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void records_areAllCompletedOnceAndInOrder(String settings) {
        Recorder recorder = RECORDERS.get(settings);
        await().until(() -> recorder.done().size() >= PARTITIONS * RECORDS);

        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(recorder.done(partition)).isEqualTo(Flow.values(partition, RECORDS));
        }
        await().untilAsserted(() -> assertThat(
                        IntStream.range(0, PARTITIONS).mapToObj(partition -> committed(settings, partition)))
                .containsOnly((long) RECORDS));
        assertThat(RAN_AHEAD).doesNotContainKey(settings);
        assertThat(recorder.pausesMs(0, 3)).hasSizeGreaterThanOrEqualTo(3).satisfies(pauses -> {
            assertThat(pauses.get(0)).isGreaterThanOrEqualTo(150);
            assertThat(pauses.get(1)).isGreaterThanOrEqualTo(300);
            assertThat(pauses.get(2)).isGreaterThanOrEqualTo(600);
        });
    }

    private static long committed(String settings, int partition) {
        try {
            return Flow.committed(topic(settings), topic(settings), partition);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
