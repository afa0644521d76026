package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardsOptionsTest {
    @Test
    void options_changeWhatTheyName() {
        List<String> given =
                List.of("--cases", "latency", "--rounds", "2", "--payments", "5k", "--rate", "7k", "--seconds", "9");

        assertThat(CardsOptions.parse(List.of()))
                .isEqualTo(new CardsOptions(3, 1_000_000, 5_000, 30, List.of(CardsCase.values())));
        assertThat(CardsOptions.parse(given))
                .isEqualTo(new CardsOptions(2, 5_000, 7_000, 9, List.of(CardsCase.LATENCY)));
        assertThat(CardsOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3     | There is no option "--round".
                    --cases count | --cases: there is no "count", only throughput, latency
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> CardsOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
