package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorOptionsTest {
    @Test
    void withoutOptions_bothCopyEightMillionInThreeRounds() {
        assertThat(MirrorOptions.parse(List.of()))
                .isEqualTo(new MirrorOptions(3, LandingCase.of(8_000_000, 250), List.of(MirrorSubject.values())));
    }

    @Test
    void options_changeWhatTheyName() {
        List<String> given =
                List.of("--subjects", "bare,wadi", "--rounds", "5", "--records", "12k", "--value-bytes", "200");

        assertThat(MirrorOptions.parse(given))
                .isEqualTo(new MirrorOptions(
                        5, LandingCase.of(12_000, 200), List.of(MirrorSubject.BARE, MirrorSubject.WADI)));
    }

    @Test
    void help_isNoRun() {
        assertThat(MirrorOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --value-bytes 20   | --value-bytes: found "20", allowed from 150, as 500, 200k or 10M
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, bare
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> MirrorOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
