package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoakOptionsTest {
    private static final Path REPORTS = Path.of("/wadi/target/soak");

    private static SoakOptions parse(String line) {
        return SoakOptions.parse(
                line.isEmpty() ? List.of() : List.of(line.split(" ", -1)), 42, Path.of("/here"), REPORTS);
    }

    @Test
    void parse_withoutOptions_isOneHour_withAReportNamedAfterTheSeed() {
        assertThat(parse("")).isEqualTo(new SoakOptions(Duration.ofHours(1), 200, 42, REPORTS.resolve("seed-42")));
    }

    @Test
    void parse_eachOption_isAccepted() {
        assertThat(parse("--for 90s --rate 50 --seed 7 --report where/../else"))
                .isEqualTo(new SoakOptions(Duration.ofSeconds(90), 50, 7, Path.of("/here/else")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --for 59s    | --for is "59s", expected a duration from 60s to 7d.
                    --for 8d     | --for is "8d", expected a duration from 60s to 7d.
                    --rate 0     | --rate is "0", expected a whole number from 1 to 2000.
                    --rate many  | --rate is "many", expected a whole number from 1 to 2000.
                    --seed -1    | --seed is "-1", expected a whole number from 0 to 9223372036854775807.
                    --seed       | A value is missing after --seed. Usage: ./wadi soak [--for 1h] [--rate 200] [--seed N] [--report DIR]
                    --fro 1h     | Unknown option "--fro". Usage: ./wadi soak [--for 1h] [--rate 200] [--seed N] [--report DIR]
                    """)
    void parse_invalidOption_isReported(String line, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(line)).withMessage(message);
    }

    @Test
    void parse_invalidDuration_isReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--for long"))
                .withMessageStartingWith("--for: ");
    }
}
