package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsOptionsTest {
    @Test
    void withoutOptions_allRouteAMillionInThreeRounds_andTwentyThousandASecond() {
        assertThat(MetricsOptions.parse(List.of()))
                .isEqualTo(new MetricsOptions(
                        3,
                        1_000_000,
                        20_000,
                        40,
                        false,
                        List.of("throughput", "latency"),
                        MetricsSubject.BY_DEFAULT,
                        ""));
    }

    @Test
    void options_changeWhatTheyName() {
        List<String> given = List.of(
                "--subjects",
                "bare-eos,wadi",
                "--cases",
                "latency",
                "--rounds",
                "2",
                "--rate",
                "5k",
                "--apart",
                "--seconds",
                "7");

        assertThat(MetricsOptions.parse(given))
                .isEqualTo(new MetricsOptions(
                        2,
                        1_000_000,
                        5_000,
                        7,
                        true,
                        List.of("latency"),
                        List.of(MetricsSubject.BARE_EOS, MetricsSubject.WADI),
                        ""));
    }

    @Test
    void help_isNoRun() {
        assertThat(MetricsOptions.parse(List.of("--quick", "--help"))).isNull();
    }

    @Test
    void aSubjectWithASettingThatWadiDoesNotHave_isNotThere(@TempDir Path directory) throws IOException {
        Path settings = directory.resolve("application.properties");
        Files.writeString(settings, "# wadi.metrics.exactly-once=\nwadi.metrics.topic=metric.all\n");
        assertThat(MetricsSubject.WADI_EOS.isThere(directory)).isFalse();
        assertThat(MetricsSubject.WADI.isThere(directory)).isTrue();
        assertThat(MetricsSubject.BARE_EOS.isThere(directory)).isTrue();

        Files.writeString(settings, "wadi.metrics.exactly-once=false\n");
        assertThat(MetricsSubject.WADI_EOS.isThere(directory)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --documents 0      | --documents: found "0", allowed from 1, as 500, 200k or 10M
                    --cases alerts     | --cases: there is no "alerts", only throughput, latency
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, wadi-eos, wadi-alerts, streams, bare, bare-eos
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> MetricsOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
