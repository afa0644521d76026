package io.wadi.kafka.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterSelectionTest {
    /** Kafka's consumer rejects negative timestamps. */
    @ParameterizedTest
    @ValueSource(strings = {"1960-01-01T00:00:00Z", "1970-01-01T00:00:00+02:00", "40000d"})
    void timeBefore1970_is1970(String text) {
        assertThat(DeadLetterSelection.time(text)).isEqualTo(Instant.EPOCH);
    }

    @Test
    void location_isNormalized() {
        assertThat(DeadLetterSelection.location("0:17")).isEqualTo("0:17");
        assertThat(DeadLetterSelection.location("00:017")).isEqualTo("0:17");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "17", "0:", "-1:17", "0:17:1", "9999999999:1"})
    void invalidLocation_isReported(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeadLetterSelection.location(text))
                .withMessage("\"" + text + "\", expected a dead letter such as 0:17");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999d", "999999999999d", "+999999999-01-01T00:00:00Z", "2x", "x:y"})
    void invalidTime_isReported(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeadLetterSelection.time(text))
                .withMessageStartingWith("\"" + text + "\", expected a time such as");
    }
}
