package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offsets without records, such as transaction markers, at the end of a partition. */
final class OwnedPartitionGapTest {
    private static final long NONE = OwnedPartition.NONE;

    private final IOException failure = new IOException("x");
    private final OwnedPartition partition = new OwnedPartition(new TopicPartition("t", 0), false);

    @Test
    void skipGap_everythingDeliveredIsCommitted_commitsThePosition() {
        partition.fetched(5, 9, 12);
        partition.done(9);
        partition.committed(10);

        partition.skipGap(12, true);

        assertThat(partition.toCommit()).isEqualTo(12);
        assertThat(partition.seekTo()).as("the client is there").isEqualTo(NONE);
        assertThat(partition.inFlight()).isZero();
        assertThat(partition.unfinished()).as("a marker is no record").isZero();
        partition.committed(12);
        assertThat(partition.fetched(12, 14, 15)).isEqualTo(12);
        partition.failed(failure);
        assertThat(partition.rewind(0)).isEqualTo(12);
    }

    @Test
    void skipGap_uncommittedDeliveredRecords_changesNothing() {
        partition.fetched(5, 9, 12);
        partition.done(8);
        partition.committed(9);
        partition.skipGap(12, true);
        assertThat(partition.toCommit()).isEqualTo(NONE);
        assertThat(partition.seekTo()).isEqualTo(9);

        partition.fetched(9, 9, 12);
        partition.done(9);
        partition.skipGap(12, true);
        assertThat(partition.toCommit()).isEqualTo(10);

        partition.committed(10);
        partition.skipGap(10, true);
        assertThat(partition.toCommit()).as("no gap").isEqualTo(NONE);
    }

    @ParameterizedTest
    @CsvSource({"true, 12", "false, -1"})
    void skipGap_beforeTheFirstRecord_commitsUnlessASinkMayClaimThePartition(boolean isSinkless, long committed) {
        partition.skipGap(12, isSinkless);

        assertThat(partition.toCommit()).isEqualTo(committed);
        assertThat(partition.unfinished()).isZero();
    }

    @Test
    void skipGap_manualCommit_onlyAfterTheLastRecordIsCommitted() {
        OwnedPartition manual = new OwnedPartition(new TopicPartition("t", 0), true);
        manual.fetched(5, 9, 12);
        manual.done(9);
        manual.commitRequested(9);
        manual.committed(manual.toCommit());
        manual.skipGap(12, true);
        assertThat(manual.toCommit()).isEqualTo(NONE);

        manual.commitRequested(10);
        manual.committed(manual.toCommit());
        manual.skipGap(12, true);
        assertThat(manual.toCommit()).isEqualTo(12);
    }

    @Test
    void skipGap_sink_decidesTheCommittableOffset() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.position = 10;

        partition.skipGap(12, false);
        assertThat(sink.gap).isEqualTo(12);
        assertThat(partition.delivered()).as("the sink stays").isEqualTo(10);

        sink.follows = true;
        partition.skipGap(12, false);
        assertThat(partition.delivered()).isEqualTo(12);
        assertThat(partition.seekTo()).isEqualTo(NONE);
        assertThat(partition.toCommit()).as("it commits by itself").isEqualTo(NONE);
    }

    @Test
    void skipGap_sinkBehindTheDeliveredRecords_isNotCalled() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.position = 8;

        partition.skipGap(12, false);

        assertThat(sink.gap).isEqualTo(NONE);
    }
}
