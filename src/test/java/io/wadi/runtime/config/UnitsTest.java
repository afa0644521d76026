package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitsTest {
    @ParameterizedTest
    @CsvSource({"'', ''", "' , ,', ''", "a, a", "' a b ,c,,d ,', a b;c;d"})
    void list_isSplitAtCommasAndTrimmed(String text, String items) {
        assertThat(String.join(";", Units.list(text))).isEqualTo(items);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17, 17",
        "17B, 17",
        "1KiB, 1024",
        "128MiB, 134217728",
        "64GiB, 68719476736",
        "5 mib, 5242880",
        "'  2GIB ', 2147483648",
        "999999999999999, 999999999999999"
    })
    void bytes_wholeNumberWithUnit_isParsed(String text, long bytes) {
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "MiB", "-1MiB", "+1MiB", "1.5MiB", "1MB", "1M", "1MiB 2KiB", "1KiBs", "1_000", "١KiB"})
    void bytes_invalidText_isRejected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.bytes(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0ms, PT0S",
        "500ms, PT0.5S",
        "5s, PT5S",
        "10m, PT10M",
        "24h, PT24H",
        "7d, PT168H",
        "5 S, PT5S",
        "' 1H ', PT1H"
    })
    void duration_wholeNumberWithUnit_isParsed(String text, Duration duration) {
        assertThat(Units.duration(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "-5s", "1.5s", "5sec", "1h30m", "5 minutes", "PT5S"})
    void duration_invalidText_isRejected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.duration(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999999999GiB", "999999999999999GiB"})
    void bytes_overflow_isRejected(String text) {
        assertThatThrownBy(() -> Units.bytes(text)).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000000000000000s", "1234567890123456789KiB"})
    void amountWithMoreThanFifteenDigits_isRejected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.duration(text));
        assertThatIllegalArgumentException().isThrownBy(() -> Units.bytes(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "17, 17B", "1024, 1KiB", "1048588, 1048588B", "5242880, 5MiB", "68719476736, 64GiB"})
    void text_ofBytes_usesTheLargestWholeUnit(long bytes, String text) {
        assertThat(Units.text(bytes)).isEqualTo(text);
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0ms", "PT0.5S, 500ms", "PT90S, 90s", "PT10M, 10m", "PT36H, 36h", "PT168H, 7d"})
    void text_ofADuration_usesTheLargestWholeUnit(Duration duration, String text) {
        assertThat(Units.text(duration)).isEqualTo(text);
        assertThat(Units.duration(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T10:00:00.5Z, 2026-11-21T10:00:00.5Z",
        "2026-11-21T10:00:00+02:00, 2026-11-21T08:00:00Z",
        "2026-11-21T10:00Z, 2026-11-21T10:00:00Z",
        "90s, 2026-11-21T11:58:30Z",
        "1960-01-01T00:00:00Z, 1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00+02:00, 1970-01-01T00:00:00Z",
        "40000d, 1970-01-01T00:00:00Z"
    })
    void time_orDurationBeforeNow_isParsed(String text, Instant time) {
        assertThat(Units.time(text, Instant.parse("2026-11-21T12:00:00Z"))).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999d", "999999999999d", "+999999999-01-01T00:00:00Z", "2x", "x:y", "12:00"})
    void time_invalidText_isRejected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.time(text, Instant.EPOCH))
                .withMessage("\"" + text + "\", expected a time such as 2026-11-20T10:00:00Z or a duration such as 2h");
    }
}
