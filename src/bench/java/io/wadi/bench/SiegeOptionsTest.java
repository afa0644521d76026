package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.bench.siege.HostileKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiegeOptionsTest {
    @Test
    void withoutOptions_bothPortsAreBesiegedForTenMinutesByAllKinds() {
        SiegeOptions options = SiegeOptions.parse(List.of());

        assertThat(options.ports()).containsExactly(SiegePort.PLAIN, SiegePort.TLS);
        assertThat(options.seconds()).isEqualTo(600);
        assertThat(options.connections()).isEqualTo(256);
        assertThat(options.kindsAgainst(SiegePort.TLS)).hasSizeGreaterThanOrEqualTo(16);
        assertThat(options.kindsAgainst(SiegePort.PLAIN))
                .hasSizeGreaterThanOrEqualTo(16)
                .noneMatch(each -> each.protocol().needsTls());
    }

    @Test
    void chosenKinds_attackWhereTheyCan() {
        SiegeOptions options = SiegeOptions.parse(List.of("--kinds", "gzip-unfinished,h2-pings"));

        assertThat(options.kindsAgainst(SiegePort.PLAIN))
                .extracting(HostileKind::name)
                .containsExactly("gzip-unfinished");
        assertThat(options.kindsAgainst(SiegePort.TLS))
                .extracting(HostileKind::name)
                .containsExactly("gzip-unfinished", "h2-pings");
    }

    @Test
    void quick_isShort_unlessOverridden() {
        assertThat(SiegeOptions.parse(List.of("--quick")).seconds()).isEqualTo(30);
        assertThat(SiegeOptions.parse(List.of("--quick", "--seconds", "60")).seconds())
                .isEqualTo(60);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --second 3         | There is no option "--second".
                    --seconds 0        | --seconds: found "0", allowed from 1, as 500, 200k or 10M
                    --ports http       | --ports: there is no "http", only plain, tls
                    --kinds gzip       | --kinds: there is no "gzip", only gzip-unfinished, zstd-unfinished
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> SiegeOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
