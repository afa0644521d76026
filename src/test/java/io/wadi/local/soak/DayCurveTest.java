package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DayCurveTest {
    private static final DayCurve DAY = new DayCurve(Duration.ofMinutes(24), 100);

    @Test
    void at_fourPm_isThePeak_andAtFourAmAFifthOfIt() {
        assertThat(DAY.at(16 * 60)).isEqualTo(100, within(1e-9));
        assertThat(DAY.at(4 * 60)).isEqualTo(20, within(1e-9));
        assertThat(DAY.at(10 * 60)).isEqualTo(60, within(1e-9));
    }

    @Test
    void at_midnight_isTheSameAtBothEndsOfTheDay() {
        assertThat(DAY.at(0)).isEqualTo(DAY.at(24 * 60), within(1e-9));
    }

    @Test
    void at_anyTime_isBetweenMinimumAndPeak() {
        for (int second = 0; second <= 24 * 60; second++) {
            assertThat(DAY.at(second)).isBetween(20 - 1e-9, 100 + 1e-9);
        }
    }
}
