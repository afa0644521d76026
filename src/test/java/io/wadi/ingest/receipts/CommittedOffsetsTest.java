package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {
    private static final long BEGUN = 7;

    private static CommittedOffsets offsets(Map<String, OptionalLong> byTarget) {
        return new CommittedOffsets(byTarget, BEGUN);
    }

    @Test
    void receipt_hasArrived_ifTheCommittedOffsetIsHigher() {
        CommittedOffsets offsets = offsets(
                Map.of("landed", OptionalLong.of(10), "indexed", OptionalLong.of(20), "other", OptionalLong.empty()));

        assertThat(offsets.progress(9))
                .isEqualTo(Map.of(
                        "landed", Progress.ARRIVED,
                        "indexed", Progress.ARRIVED,
                        "other", Progress.NOT_CONFIGURED));
        assertThat(offsets.progress(10))
                .containsEntry("landed", Progress.PENDING)
                .containsEntry("indexed", Progress.ARRIVED);
        assertThat(offsets.progress(19)).isSameAs(offsets.progress(10));
        assertThat(offsets.progress(20))
                .containsEntry("landed", Progress.PENDING)
                .containsEntry("indexed", Progress.PENDING);
        assertThat(offsets.pending(0)).isZero();
        assertThat(offsets.pending(10)).isEqualTo(1);
        assertThat(offsets.pending(Long.MAX_VALUE)).isEqualTo(2);
    }

    @Test
    void receiptOfNoTarget_isNotPending() {
        assertThat(offsets(Map.of()).progress(0)).isEmpty();
        assertThat(offsets(Map.of()).pending(0)).isZero();
    }

    @Test
    void isSince_timeAfterTheRequest_isFalse() {
        assertThat(offsets(Map.of()).isSince(BEGUN)).isTrue();
        assertThat(offsets(Map.of()).isSince(BEGUN + 1)).isFalse();
    }
}
