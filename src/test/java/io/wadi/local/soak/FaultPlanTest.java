package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.soak.Fault.What;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    @Test
    void of_sameSeedAndDuration_isEqual_andOfAnotherSeedDifferent() {
        List<Fault> plan = FaultPlan.of(42, Duration.ofHours(1));

        assertThat(FaultPlan.of(42, Duration.ofHours(1))).isEqualTo(plan);
        assertThat(FaultPlan.of(43, Duration.ofHours(1))).isNotEqualTo(plan);
    }

    /** The plan of a seed never changes, so that later versions can repeat a reported run. */
    @Test
    void of_knownSeed_isUnchanged() {
        assertThat(FaultPlan.of(42, Duration.ofSeconds(90)).stream().map(Fault::line))
                .containsExactly(
                        " 1. at 00:16: landing-2 frozen for 9 s", " 2. at 00:48: landing-1 killed (-9) for 6 s");
    }

    @Test
    void of_oneHour_hasThirtyFaults_withAllKindsInTheFirstNine() {
        List<Fault> plan = FaultPlan.of(1, Duration.ofHours(1));

        assertThat(plan).hasSize(30);
        assertThat(plan.subList(0, 9).stream().map(Fault::what)).containsExactlyInAnyOrder(What.values());
        assertThat(plan.subList(9, 18).stream().map(Fault::what)).containsExactlyInAnyOrder(What.values());
    }

    @ParameterizedTest
    @ValueSource(longs = {60, 90, 1_200, 3_600, 86_400})
    void of_anyDuration_faultsDoNotOverlap_andStartAndEndAreFaultFree(long seconds) {
        for (long seed = 0; seed < 50; seed++) {
            List<Fault> plan = FaultPlan.of(seed, Duration.ofSeconds(seconds));
            assertThat(plan).hasSizeBetween(2, 60);
            double free = seconds / 8.0;
            for (Fault each : plan) {
                assertThat(each.at().toMillis() / 1e3).isGreaterThanOrEqualTo(free);
                free = each.at().plus(each.lasts()).toMillis() / 1e3;
            }
            assertThat(free).isLessThanOrEqualTo(seconds * 7 / 8.0);
        }
    }

    @Test
    void of_anySeed_neverKillsTheSecondProcessOfARole() {
        EnumSet<What> frozenSecond = EnumSet.noneOf(What.class);
        for (long seed = 0; seed < 50; seed++) {
            for (Fault each : FaultPlan.of(seed, Duration.ofHours(1))) {
                if (each.member() == 2) {
                    frozenSecond.add(each.what());
                }
            }
        }
        assertThat(frozenSecond)
                .containsExactlyInAnyOrder(What.FREEZE_INGEST, What.FREEZE_LANDING, What.FREEZE_INDEXING);
    }
}
