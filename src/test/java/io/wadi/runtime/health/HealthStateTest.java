package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state of a dependency after a sequence of check results. */
final class HealthStateTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    /** Down after 5 s of failed checks, up after 3 s of successful ones. */
    private static final HealthThresholds THRESHOLDS = new HealthThresholds(
            Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(1));

    /** Check results are {@code second+} for a success and {@code second-} for a fault. */
    @ParameterizedTest(name = "{0}, evaluated at {1}: {2} since {3}; {4}")
    @CsvSource({
        "'',                   0, UNKNOWN,  0, no check has completed",
        "'',                  99, UNKNOWN,  0, time alone changes nothing",
        "'1+',                 1, UP,       1, the first proof counts at once",
        "'1-',                 1, DOWN,     1, the first fault counts at once",
        "'1+ 2-',              6, UP,       1, a fault has not lasted yet",
        "'1+ 2-',              7, DOWN,     2, a fault has lasted: down since it began",
        "'1+ 2- 4- 6-',        7, DOWN,     2, consecutive faults are one fault",
        "'1+ 2- 4+ 6-',       10, UP,       1, a proof ends a fault that was not down yet",
        "'1+ 2- 4+ 6-',       11, DOWN,     6, the next fault starts a new period",
        "'1+ 2- 3+ 4- 5+ 6- 7+ 8- 9+ 10-', 12, UP, 1, alternating results do not cause flapping",
        "'1- 2-',              9, DOWN,     1, down until there is a proof",
        "'1- 2+',              2, UP,       2, the first proof counts at once, also after faults",
        "'0+ 1- 6- 7+',        9, DOWN,     1, a proof has not lasted yet",
        "'0+ 1- 6- 7+',       10, UP,       7, a proof has lasted: up since it began",
        "'0+ 1- 6- 7+ 9-',    20, DOWN,     1, a fault ends a recovery",
        "'0+ 1- 6- 7+ 9- 10+ 11- 12+ 13-', 30, DOWN, 1, alternating results do not recover",
        "'0+ 1- 6- 7+ 9- 10+ 12+', 13, UP,  10, a fault restarts the recovery",
        "'1+ 2- 9+',           9, DOWN,     2, the fault had lasted long enough before the proof",
        "'1+ 2- 9+',          12, UP,       9, the recovery starts with the proof",
        "'1+ 2- 9+ 10-',      99, DOWN,     2, down until it has recovered",
    })
    void state_changesAfterAFaultOrProofLasts(
            String findings, int looked, HealthState.State state, int since, String why) {
        HealthState result = state(findings).at(at(looked), THRESHOLDS);

        assertThat(result.state()).as(why).isEqualTo(state);
        assertThat(result.since()).as(why).isEqualTo(at(since));
    }

    @Test
    void fault_isTheLastOneUntilUpAgain() {
        assertThat(state("1+ 2- 3-").fault()).isEqualTo("fault at 3");
        assertThat(state("1+ 2- 3+").fault()).as("never down, forgotten").isNull();
        assertThat(state("0+ 1- 6- 7+").fault()).as("still down").isEqualTo("fault at 6");
        assertThat(state("0+ 1- 6- 7+ 10+").fault()).as("up again").isNull();
        assertThat(state("0+ 1- 6- 7+ 10+").proof()).isEqualTo("proof at 10");
    }

    @Test
    void changesAt_returnsTheTimeOfTheNextStateChange() {
        assertThat(state("1+").changesAt(THRESHOLDS)).isNull();
        assertThat(state("1+ 2-").changesAt(THRESHOLDS)).isEqualTo(at(7));
        assertThat(state("0+ 1- 6- 7+").changesAt(THRESHOLDS)).isEqualTo(at(10));
    }

    @Test
    void zeroThreshold_changesAtOnce() {
        HealthThresholds none =
                new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(1));
        HealthState up = HealthState.unknown(BEGIN).after(at(1), CheckResult.proof("well"), none);

        HealthState down = up.after(at(2), CheckResult.fault("ill"), none);
        assertThat(down.state()).isEqualTo(HealthState.State.DOWN);
        assertThat(down.after(at(3), CheckResult.proof("well"), none).state()).isEqualTo(HealthState.State.UP);
    }

    private static HealthState state(String findings) {
        HealthState state = HealthState.unknown(BEGIN);
        for (String each : findings.split(" ", -1)) {
            if (!each.isEmpty()) {
                int second = Integer.parseInt(each.substring(0, each.length() - 1));
                CheckResult result = each.endsWith("-")
                        ? CheckResult.fault("fault at " + second)
                        : CheckResult.proof("proof at " + second);
                state = state.after(at(second), result, THRESHOLDS);
            }
        }
        return state;
    }

    private static Instant at(int second) {
        return BEGIN.plusSeconds(second);
    }
}
