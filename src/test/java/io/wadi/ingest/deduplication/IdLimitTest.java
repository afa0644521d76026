package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdLimitTest {
    private final IdLimit limit = new IdLimit(900, 1200);

    /** Each of n senders takes all that it can get: two of 2n + 1 parts; one part remains free. */
    @ParameterizedTest
    @CsvSource({"1, 600", "4, 200", "22, 40"})
    void sendersAtTheirShare_leaveCapacityForTheNextSender(int senders, int share) {
        boolean isAdded = true;
        while (isAdded) {
            isAdded = IntStream.range(0, senders).filter(limit::tryAdd).count() > 0;
            assertThat(limit.isFull()).isFalse();
        }

        assertThat(IntStream.range(0, senders).map(limit::ids)).containsOnly(share);
        assertThat(limit.isFull()).isFalse();
        assertThat(limit.tryAdd(senders)).isTrue();
    }

    @Test
    void removedIds_freeCapacity_forTheirSenderAndOthers() {
        IntStream.range(0, 600).forEach(i -> limit.tryAdd(7));
        assertThat(limit.tryAdd(7)).isFalse();

        limit.remove(7);

        assertThat(limit.ids()).isEqualTo(599);
        assertThat(limit.tryAdd(7)).isTrue();
        assertThat(limit.tryAdd(7)).isFalse();
        assertThat(limit.ids()).isEqualTo(600);
    }

    @Test
    void restoredIds_mayExceedTheClientsShare_upToTheMemoryLimit() {
        IntStream.range(0, 1200).forEach(i -> assertThat(limit.tryRestore(7)).isTrue());

        assertThat(limit.tryRestore(7)).isFalse();
        assertThat(limit.tryRestore(8)).isFalse();
        assertThat(limit.tryAdd(8)).isFalse();
        assertThat(limit.isFull()).isTrue();
        assertThat(limit.ids()).isEqualTo(1200);
        assertThat(limit.ids(8)).isZero();
    }
}
