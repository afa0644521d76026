package io.wadi.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResetTargetTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @Test
    void durationBeforeNow_isATime() {
        assertThat(ResetTarget.parse("2h", NOW)).isEqualTo(new ResetTarget.Time(Instant.parse("2026-11-21T08:00:00Z")));
    }

    @Test
    void timeWithAnOffset_isATime() {
        assertThat(ResetTarget.parse("2026-11-21T10:00+02:00", NOW))
                .isEqualTo(new ResetTarget.Time(Instant.parse("2026-11-21T08:00:00Z")));
    }

    /** Brokers treat negative timestamps as special values. */
    @ParameterizedTest
    @ValueSource(strings = {"1960-01-01T00:00:00Z", "40000d"})
    void timeBefore1970_is1970(String text) {
        assertThat(ResetTarget.parse(text, NOW)).isEqualTo(new ResetTarget.Time(Instant.EPOCH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999d", "999999999999d", "+999999999-01-01T00:00:00Z", "2x", "x:y"})
    void invalidTarget_isReported(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResetTarget.parse(text, NOW))
                .withMessageStartingWith("\"" + text + "\", expected earliest, latest");
    }
}
