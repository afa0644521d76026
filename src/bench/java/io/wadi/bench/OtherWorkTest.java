package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OtherWorkTest {
    @Test
    void busyTime_isAllButIdleAndWaiting_stolenTimeIncluded_guestsNotTwice() {
        assertThat(OtherWork.busy("cpu  100 20 30 1000 500 6 7 80 9 9")).isEqualTo(243);
    }

    @Test
    void timeOfAProcess_isItsOwn_whateverItsName() {
        assertThat(OtherWork.own("42 (a) b (c)) S 1 42 42 0 -1 4194560 1 2 3 4 100 20 3000 400 20 0 1 0 99 1 1"))
                .isEqualTo(120);
    }

    @Test
    void gain_isThatOfProcessesThatAreThere_newOnesFromTheirBeginning() {
        assertThat(OtherWork.gained(Map.of(1L, 10L, 2L, 100L), Map.of(1L, 15L, 3L, 7L)))
                .isEqualTo(12);
    }
}
