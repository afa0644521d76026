package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartOptionsTest {
    @Test
    void withoutOptions_allStartFiveTimes() {
        assertThat(StartOptions.parse(List.of())).isEqualTo(new StartOptions(5, List.of(StartSubject.values())));
    }

    @Test
    void options_changeWhatTheyName() {
        assertThat(StartOptions.parse(List.of("--subjects", "camel-cold,wadi", "--rounds", "2")))
                .isEqualTo(new StartOptions(2, List.of(StartSubject.CAMEL_COLD, StartSubject.WADI)));
    }

    @Test
    void help_isNoRun() {
        assertThat(StartOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --rounds 0         | --rounds: found "0", allowed from 1, as 500, 200k or 10M
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, wadi-cold, intake, intake-cold, camel
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> StartOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
