package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleOptionsTest {
    @Test
    void withoutOptions_oneTwoAndFourLandFiftyThousandASecond() {
        assertThat(ScaleOptions.parse(List.of())).isEqualTo(new ScaleOptions(3, List.of(1, 2, 4), 50_000, 30));
    }

    @Test
    void options_changeWhatTheyName() {
        List<String> given = List.of("--processes", "2,1", "--rounds", "1", "--rate", "1k", "--seconds", "9");

        assertThat(ScaleOptions.parse(given)).isEqualTo(new ScaleOptions(1, List.of(2, 1), 1_000, 9));
    }

    @Test
    void help_isNoRun() {
        assertThat(ScaleOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --processes 8      | --processes: the topic has 4 partitions, one for each at most
                    --rate 5           | --rate: found "5", allowed from 100, as 500, 200k or 10M
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> ScaleOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
