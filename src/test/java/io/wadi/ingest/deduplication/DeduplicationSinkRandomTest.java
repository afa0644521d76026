package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.ErrorsOnly;
import io.wadi.testing.Rounds;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of the partitions of an inbox; each member commits its partitions in one transaction. Owners crash
 * at any step, or are frozen and continue beside their successors; commits fail, or their responses are lost;
 * restorations are slow; partitions are idle and have markers of transactions; and Kafka rejects some events.
 */
@ExtendWith(ErrorsOnly.class)
class DeduplicationSinkRandomTest {
    private static final int SCHEDULES = Integer.getInteger("test.schedules", Rounds.of(300, 10_000));

    static Stream<Integer> blocks() {
        return IntStream.range(0, 10).boxed();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachId_isStoredOnceInItsWindow_andEachEventGetsTheAnswerOfTheFirst(int block) {
        run(block, false);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachId_isStoredOnceInItsWindow_alsoWithDirectEvents(int block) {
        assertThat(run(block, true)).as("answers of direct events").isPositive();
    }

    private static long run(int block, boolean hasDirect) {
        long answered = 0;
        for (int i = 0; i < SCHEDULES / 10; i++) {
            long seed = block * 1_000_000L + i;
            DeduplicationSchedule schedule = new DeduplicationSchedule(seed, hasDirect);
            try {
                schedule.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("schedule " + seed + ": " + e, e);
            }
            answered += schedule.answered();
        }
        return answered;
    }
}
