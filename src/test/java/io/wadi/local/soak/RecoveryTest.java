package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.soak.Fault.What;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final Fault FAULT =
            new Fault(1, Duration.ofSeconds(20), What.KILL_LANDING, 1, Duration.ofSeconds(5));

    private static List<Traffic> traffic(IntToDoubleFunction receipts) {
        return IntStream.range(0, 60)
                .mapToObj(second -> new Traffic(second, 100, receipts.applyAsDouble(second), 0, 0))
                .toList();
    }

    private static Recovery of(List<Traffic> traffic, List<ProgressSample> samples) {
        return Recovery.of(FAULT, 20, 25, traffic, samples);
    }

    private static ProgressSample sample(double second, long inKafka, long landed, long indexed) {
        return new ProgressSample(second, Map.of(0, inKafka), Map.of(0, landed), Map.of(0, indexed));
    }

    @Test
    void receiptsThatDroppedAndRecovered_areTimedFromTheFault() {
        assertThat(of(traffic(second -> second >= 20 && second < 27 ? 10 : 100), List.of())
                        .receipts())
                .isEqualTo(7);
    }

    @Test
    void receiptsThatDidNotDrop_haveNoRecoveryTime() {
        assertThat(of(traffic(second -> second == 22 ? 80 : 100), List.of()).receipts())
                .isZero();
        assertThat(of(traffic(second -> second < 15 || second > 40 ? 0 : 100), List.of())
                        .receipts())
                .as("drops before or long after the fault are not its effects")
                .isZero();
    }

    @Test
    void receiptsThatStayDown_haveNotRecovered() {
        assertThat(of(traffic(second -> second < 20 ? 100 : 0), List.of()).receipts())
                .isNaN();
    }

    @Test
    void landedAndIndexed_areTimedUntilEarlierRecordsAreComplete() {
        Recovery recovery = of(
                traffic(second -> 100),
                List.of(
                        sample(19, 1_000, 900, 950),
                        sample(21, 1_100, 900, 950),
                        new ProgressSample(23, Map.of(), Map.of(), Map.of()),
                        sample(24, 1_300, 900, 1_000),
                        sample(29, 1_400, 999, 1_200),
                        sample(31.5, 1_500, 1_000, 1_300)));

        assertThat(recovery.landed()).isEqualTo(11.5);
        assertThat(recovery.indexed()).isEqualTo(4);
    }

    @Test
    void landed_stalledPartition_isNotCompensatedByAnother() {
        Recovery recovery = of(
                traffic(second -> 100),
                List.of(
                        new ProgressSample(19, Map.of(0, 10L, 1, 10L), Map.of(), Map.of()),
                        new ProgressSample(30, Map.of(0, 99L, 1, 10L), Map.of(0, 99L, 1, 5L), Map.of(0, 99L, 1, 10L))));

        assertThat(recovery.landed()).isNaN();
        assertThat(recovery.indexed()).isEqualTo(10);
    }
}
