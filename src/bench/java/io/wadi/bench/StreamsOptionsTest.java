package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsOptionsTest {
    @Test
    void withoutOptions_allTakeAMillionInThreeRounds() {
        assertThat(StreamsOptions.parse(List.of()))
                .isEqualTo(new StreamsOptions(
                        3, 1_000_000, 1_000_000, List.of(StreamsCase.values()), List.of(StreamsSubject.values())));
    }

    @Test
    void options_changeWhatTheyName() {
        List<String> given = List.of(
                "--subjects", "bare,wadi", "--cases", "restart", "--rounds", "2", "--records", "5k", "--keys", "7k");

        assertThat(StreamsOptions.parse(given))
                .isEqualTo(new StreamsOptions(
                        2,
                        5_000,
                        7_000,
                        List.of(StreamsCase.RESTART),
                        List.of(StreamsSubject.BARE, StreamsSubject.WADI)));
    }

    @Test
    void help_isNoRun() {
        assertThat(StreamsOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --records 0        | --records: found "0", allowed from 1, as 500, 200k or 10M
                    --cases sum        | --cases: there is no "sum", only filter, count, restart
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, bare, rocksdb
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> StreamsOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
