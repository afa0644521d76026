package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ObservedEndOffsetsTest {
    private static final TopicPartition ONE = new TopicPartition("t", 0);
    private static final TopicPartition TWO = new TopicPartition("t", 1);

    private final ObservedEndOffsets ends = new ObservedEndOffsets();

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }

    @Test
    void arrived_returnsTheNewestSampleReachedByAllPartitions() {
        ends.add(at(1), Map.of(ONE, 5L, TWO, 5L));
        ends.add(at(2), Map.of(ONE, 9L, TWO, 5L));
        ends.add(at(3), Map.of(ONE, 9L, TWO, 7L));

        assertThat(ends.arrived(Map.of(ONE, 9L, TWO, 4L))).isNull();
        assertThat(ends.arrived(Map.of(ONE, 9L, TWO, 6L))).isEqualTo(at(2));
        assertThat(ends.arrived(Map.of(ONE, 9L, TWO, 6L))).isEqualTo(at(2));
        assertThat(ends.arrived(Map.of(ONE, 9L, TWO, 7L))).isEqualTo(at(3));
    }

    @Test
    void newPartition_limitsTheSamplesThatContainIt() {
        ends.add(at(1), Map.of(ONE, 5L));
        ends.add(at(2), Map.of(ONE, 5L, TWO, 1L));

        assertThat(ends.arrived(Map.of(ONE, 5L, TWO, 0L))).isEqualTo(at(1));
    }

    @Test
    void missingPartition_countsAsNotReached() {
        ends.add(at(1), Map.of(ONE, 5L, TWO, 0L));

        assertThat(ends.arrived(Map.of(ONE, 5L))).isNull();
    }

    /** As in the metadata of a broker that has not received a new partition yet. */
    @Test
    void partitionThatIsMissingLater_doesNotInvalidateTheTime() {
        ends.add(at(1), Map.of(ONE, 5L, TWO, 1L));
        assertThat(ends.arrived(Map.of(ONE, 5L, TWO, 1L))).isEqualTo(at(1));

        ends.add(at(2), Map.of(ONE, 6L));
        assertThat(ends.arrived(Map.of(ONE, 5L))).isEqualTo(at(1));
    }

    @Test
    void clockThatIsSetBack_invalidatesLaterTimes() {
        ends.add(at(1), Map.of(ONE, 5L));
        ends.add(at(3_601), Map.of(ONE, 7L));
        ends.add(at(3_602), Map.of(ONE, 9L));
        assertThat(ends.arrived(Map.of(ONE, 7L))).isEqualTo(at(3_601));

        ends.add(at(3), Map.of(ONE, 11L));

        assertThat(ends.arrived(Map.of(ONE, 10L)))
                .as("records since second 3 are missing")
                .isNull();
        assertThat(ends.arrived(Map.of(ONE, 11L))).isEqualTo(at(3));
    }

    /** As after an operator has moved files away to land their records again. */
    @Test
    void groupThatIsSetBack_invalidatesTheTime() {
        ends.add(at(1), Map.of(ONE, 5L));
        assertThat(ends.arrived(Map.of(ONE, 5L))).isEqualTo(at(1));

        ends.add(at(2), Map.of(ONE, 5L));
        assertThat(ends.arrived(Map.of(ONE, 0L))).isNull();
        assertThat(ends.arrived(Map.of(ONE, 5L))).isEqualTo(at(2));
    }

    /** Dropped samples never lead to a later time than all samples would, and the first sample is kept. */
    @Test
    void manySamples_areBounded_andNeverReportALaterTime() {
        Random random = new Random(20261125);
        List<Long> all = new ArrayList<>();
        long end = 0;
        long arrived = 0;
        for (int second = 0; second < 5_000; second++) {
            end += random.nextInt(3);
            all.add(end);
            ends.add(at(second), Map.of(ONE, end));
            arrived = random.nextInt(50) == 0 ? Math.max(arrived, end - random.nextInt(400)) : arrived;
            Instant found = ends.arrived(Map.of(ONE, arrived));
            if (found != null) {
                assertThat(all.get((int) found.getEpochSecond())).isLessThanOrEqualTo(arrived);
            }
            assertThat(found != null).isEqualTo(arrived >= all.get(0));
            assertThat(ends.size()).isLessThanOrEqualTo(128);
        }
    }
}
