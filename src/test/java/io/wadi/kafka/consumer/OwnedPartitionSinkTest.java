package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sink that has claimed a partition, and commits its offsets itself. */
final class OwnedPartitionSinkTest {
    private static final long NONE = OwnedPartition.NONE;

    private final IOException failure = new IOException("x");
    private final OwnedPartition partition = new OwnedPartition(new TopicPartition("t", 0), false);

    @Test
    void claimed_sink_commitsItsOwnOffsets_withoutASeek() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.position = 10;
        partition.done(9);
        assertThat(partition.seekTo()).isEqualTo(NONE);
        sink.safe = 8;
        assertThat(partition.toCommit()).as("it commits by itself").isEqualTo(NONE);
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "1000"})
    void claimed_sinkAtAnotherOffset_seeksToIt(long position) {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 12);
        partition.claim(sink);
        sink.position = position;

        assertThat(partition.seekTo()).isEqualTo(position);
        assertThat(partition.seekTo()).as("once").isEqualTo(NONE);
    }

    @Test
    void claimed_sinkAfterATransactionMarker_needsNoSeek() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 12);
        partition.claim(sink);

        sink.position = 10;
        assertThat(partition.seekTo()).as("after the last record").isEqualTo(NONE);
        sink.position = 12;
        assertThat(partition.seekTo()).as("where the fetch goes on").isEqualTo(NONE);
    }

    @Test
    void rewind_abandonsTheSink_andReturnsItsCompletedOffset() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.position = 10;
        sink.safe = 8;
        partition.failed(failure);

        assertThat(partition.rewind(0)).isEqualTo(8);

        assertThat(sink.abandoned).isEqualTo(1);
        assertThat(partition.sink()).isNull();
        assertThat(partition.toCommit()).isEqualTo(NONE);
    }

    @Test
    void rewind_sinkWithoutProgress_returnsTheFirstRecord() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.position = 10;
        partition.fetched(10, 19, 20);
        sink.position = 20;
        partition.done(19);

        partition.takeBack(failure);

        assertThat(partition.rewind(0)).isEqualTo(5);
        assertThat(partition.toCommit()).isEqualTo(NONE);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    void release_abandonsASinkThatHasNotFinished(boolean finished, int abandoned) {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);

        partition.release(finished);

        assertThat(sink.abandoned).isEqualTo(abandoned);
    }
}
