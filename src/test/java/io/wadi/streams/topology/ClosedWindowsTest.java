package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClosedWindowsTest {
    @AutoClose
    private TopologyDriver streams;

    private List<String> read(String key) {
        return streams.read("out").stream()
                .filter(result -> result.startsWith(key + "="))
                .toList();
    }

    /** Kafka Streams aggregates the record, although it has emitted the result. */
    @ParameterizedTest
    @CsvSource({"tumbling, 170", "sliding, 160", "session, 170"})
    void recordAtTheEndOfTheGracePeriod_causesNoSecondFinalResult(String window, long closedAt) {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - window: {%s: 10s, grace: 60s, emit: final}
                  - count: true
                to: out
                """.formatted(window));
        streams.send("in", "a", "x", 100).send("in", "c", "x", 100).send("in", "other", "x", closedAt);
        assertThat(streams.read("out")).contains("a=1", "c=1");

        streams.send("in", "a", "x", 100).send("in", "other", "x", 1000);

        assertThat(read("a")).isEmpty();
    }
}
