package io.wadi.kafka.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterSelectionTest {
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
}
