package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The step {@code every}. */
class PeriodicEmissionTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private static final Duration PORTION_INTERVAL = Duration.ofMillis(100);

    @AutoClose
    private TopologyDriver streams;

    private void start(String steps) {
        streams = TopologyDriver.of("{from: in, steps: [%s], to: out}".formatted(steps));
    }

    @Test
    void changes_areEmittedOnce_withTheLatestValueAndTimePerKey() {
        start("every: {wall-clock: 10s}");

        streams.send("in", "a", "1", 0).send("in", "b", "1", 1).send("in", "a", "2", 2);
        assertThat(streams.read("out")).isEmpty();

        assertThat(streams.advance(TEN_SECONDS).records("out"))
                .extracting(TestRecord::timestamp)
                .containsExactly(
                        TopologyDriver.START.plusSeconds(2).toEpochMilli(),
                        TopologyDriver.START.plusSeconds(1).toEpochMilli());
        assertThat(streams.advance(TEN_SECONDS).read("out"))
                .as("nothing has changed")
                .isEmpty();
        assertThat(streams.send("in", "b", "2", 3).advance(TEN_SECONDS).read("out"))
                .containsExactly("b=2");
    }

    @Test
    void emitAll_emitsAllKeysEachTime_withTheEmissionTime_untilDeleted() {
        start("every: {wall-clock: 10s, emit: all}");

        streams.send("in", "a", "1", 0).send("in", "b", "1", 1).advance(TEN_SECONDS);
        assertThat(streams.records("out"))
                .hasSize(2)
                .extracting(TestRecord::timestamp)
                .containsOnly(TopologyDriver.START.plus(TEN_SECONDS).toEpochMilli());

        assertThat(streams.send("in", "b", null, 12).advance(TEN_SECONDS).read("out"))
                .containsExactly("a=1", "b=null");
        assertThat(streams.advance(TEN_SECONDS).read("out")).containsExactly("a=1");
    }

    /** A transaction contains all emissions of a punctuation. */
    @ParameterizedTest
    @ValueSource(strings = {"wall-clock: 10s", "wall-clock: 10s, emit: all"})
    void manyKeys_areEmittedInPortions_eachWithItsLatestValue(String every) {
        start("every: {%s}".formatted(every));
        for (int key = 10_000; key < 35_000; key++) {
            streams.send("in", String.valueOf(key), "1", 0);
        }

        List<TestRecord<byte[], byte[]>> emitted =
                new ArrayList<>(streams.advance(TEN_SECONDS).records("out"));
        assertThat(emitted).hasSize(10_000);
        streams.send("in", "34999", "2", 0).send("in", "35000", "1", 0);
        emitted.addAll(streams.advance(PORTION_INTERVAL).records("out"));
        assertThat(emitted).hasSize(20_000);
        emitted.addAll(streams.advance(PORTION_INTERVAL).records("out"));

        assertThat(emitted)
                .hasSize(25_000)
                .extracting(TestRecord::timestamp)
                .containsOnly(emitted.get(0).timestamp());
        assertThat(emitted.get(24_999).value()).asString().isEqualTo("2");
        assertThat(streams.advance(PORTION_INTERVAL).read("out")).isEmpty();
        assertThat(streams.advance(TEN_SECONDS)
                        .advance(PORTION_INTERVAL)
                        .advance(PORTION_INTERVAL)
                        .read("out"))
                .contains("35000=1");
    }

    @Test
    void streamTime_advancesWithRecords() {
        start("every: {stream-time: 10s}");

        streams.send("in", "a", "1", 1).advance(Duration.ofHours(1));
        assertThat(streams.read("out")).as("the first time begins the interval").containsExactly("a=1");

        streams.send("in", "a", "2", 2).send("in", "a", "3", 9).advance(Duration.ofHours(1));
        assertThat(streams.read("out")).isEmpty();

        assertThat(streams.send("in", "b", "1", 11).read("out")).containsExactly("a=3", "b=1");
    }

    @Test
    void windowCounts_areEmittedPerWindow_evenAfterTheNextHasStarted() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - window: {tumbling: 5s}
                  - count: true
                  - every: {wall-clock: 1m}
                  - map: {simple: "${body} from ${variable.windowStart} to ${variable.windowEnd}"}
                to: out
                """);

        streams.send("in", "a", "x", 0)
                .send("in", "a", "x", 4)
                .send("in", "a", "x", 5)
                .advance(Duration.ofMinutes(1));

        long start = TopologyDriver.START.toEpochMilli();
        assertThat(streams.read("out"))
                .containsExactly(
                        "a=2 from %d to %d".formatted(start, start + 5_000),
                        "a=1 from %d to %d".formatted(start + 5_000, start + 10_000));
    }

    @Test
    void sessionOfOneRecord_isEmitted() {
        start("{window: {session: 5s}}, {count: true}, {every: {wall-clock: 1m}}");

        streams.send("in", "a", "x", 0).advance(Duration.ofMinutes(1));

        assertThat(streams.read("out")).containsExactly("a=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{map: {simple: '${body}'}},"})
    void sessionThatHasGrown_isEmittedOnce(String steps) {
        start("{window: {session: 5s}}, {count: true}, %s {every: {wall-clock: 1m}}".formatted(steps));

        streams.send("in", "a", "x", 5)
                .send("in", "a", "x", 3)
                .send("in", "b", "x", 9)
                .advance(Duration.ofMinutes(1));

        assertThat(streams.read("out")).containsExactlyInAnyOrder("a=2", "b=1");
        assertThat(streams.rejections()).isEmpty();
    }

    @Test
    void changesBeyondMaxKeys_areEmittedBeforeTheIntervalEnds() {
        start("every: {wall-clock: 10s, max-keys: 2}");

        streams.send("in", "a", "1", 0).send("in", "b", "1", 0).send("in", "a", "2", 0);
        assertThat(streams.read("out")).isEmpty();
        assertThat(streams.send("in", "c", "1", 0).read("out")).containsExactly("a=2", "b=1");

        assertThat(streams.advance(TEN_SECONDS).read("out")).containsExactly("c=1");
    }

    @Test
    void keyBeyondMaxKeys_isADeadLetter() {
        start("every: {wall-clock: 10s, emit: all, max-keys: 1}");

        streams.send("in", "a", "1", 0)
                .send("in", "b", "1", 0)
                .send("in", "a", "2", 0)
                .advance(TEN_SECONDS);

        assertThat(streams.read("out")).containsExactly("a=2");
        assertThat(streams.records(TopologyDriver.DEAD_LETTERS)).singleElement().satisfies(deadLetter -> {
            assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("1");
            assertThat(TopologyDriver.header(deadLetter, "exception.message"))
                    .isEqualTo("every: partition 0 keeps the values of 1 keys, and this key is new:"
                            + " expected at most max-keys");
        });
    }

    @Test
    void recordWithoutAKey_isADeadLetter_andANewKeyIsRepartitioned() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - every: {wall-clock: 10s}
                  - select-key: {jq: .k}
                  - every: {wall-clock: 10s}
                  - map: {jq: '{key: $key, v: .v}'}
                to: {topic: out, value: json}
                """);

        streams.send("in", null, "{}", 0)
                .send("in", "a", "{\"k\":\"x\",\"v\":1}", 0)
                .send("in", "b", "{\"k\":\"x\",\"v\":2}", 0)
                .advance(TEN_SECONDS)
                .advance(TEN_SECONDS);

        assertThat(streams.read("out")).containsExactly("x={\"key\":\"x\",\"v\":2}");
        assertThat(streams.rejections()).containsExactly("every: the record has no key: add a select-key step before");
    }

    @Test
    void resultsWithANewKey_areKeptByIt_alsoInABranch() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - count: true
                  - select-key: {simple: all}
                  - branch:
                      - steps:
                          - every: {wall-clock: 10s}
                        to: out
                """);

        streams.send("in", "a", "x", 0).send("in", "b", "x", 1).advance(TEN_SECONDS);

        assertThat(streams.read("out")).containsExactly("all=1");
    }
}
