package io.wadi.ingest.deduplication;

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
        for (int i = 0; i < SCHEDULES / 10; i++) {
            long seed = block * 1_000_000L + i;
            try {
                new DeduplicationSchedule(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("schedule " + seed + ": " + e, e);
            }
        }
    }
}
