package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrowthTest {
    /** Returns samples of a process between two restarts, one every 5 s. Its heap is a sawtooth with growing minima. */
    private static Stream<ProcessSample> life(String process, int life, int from, int to, double anHour) {
        return IntStream.range(0, (to - from) / 5).mapToObj(i -> {
            double hours = i * 5 / 3600.0;
            double warming = Math.max(0, 100 - i);
            return new ProcessSample(
                    from + i * 5,
                    process,
                    life,
                    50 + anHour * hours + 4 * (i % 12),
                    400 - warming + anHour * hours,
                    200 + anHour * hours,
                    60);
        });
    }

    @Test
    void of_aProcess_ignoresWarmUpAndTheGcSawtooth() {
        List<Growth> growth = Growth.of(life("landing-2", 1, 0, 3_600, 0).toList());

        assertThat(growth).hasSize(1);
        assertThat(growth.get(0).heapMib()).isZero();
        assertThat(growth.get(0).residentMib()).isZero();
        assertThat(growth.get(0).grown()).isEmpty();
        assertThat(growth.get(0).hours() * 60).isEqualTo(58, within(0.2));
    }

    @Test
    void of_aLeak_reportsTheGrowingResourcesAndTheirRate() {
        Growth growth = Growth.of(life("landing-2", 1, 0, 3_600, 60).toList()).get(0);

        assertThat(growth.heapMib()).isEqualTo(60, within(0.5));
        assertThat(growth.handles()).isEqualTo(60, within(0.5));
        assertThat(growth.threads()).isZero();
        assertThat(growth.grown()).containsExactly("heap", "memory", "open files");
    }

    @Test
    void of_aRestartedProcess_usesItsLongestRun() {
        List<Growth> growth =
                Growth.of(Stream.concat(life("ingest-1", 1, 0, 500, 0), life("ingest-1", 2, 500, 1_800, 0))
                        .toList());

        assertThat(growth).extracting(Growth::life).containsExactly(2);
    }

    @Test
    void of_aShortRun_reportsNothing() {
        Growth growth = Growth.of(life("ingest-1", 1, 0, 300, 1_000).toList()).get(0);

        assertThat(growth.isKnown()).isFalse();
        assertThat(growth.grown()).isEmpty();
    }
}
