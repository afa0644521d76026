package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The offsets to commit and to seek to, as records are fetched, completed and taken back one by one. */
final class OwnedPartitionTest {
    private static final long NONE = OwnedPartition.NONE;

    private final IOException failure = new IOException("x");
    private final OwnedPartition partition = new OwnedPartition(new TopicPartition("t", 0), false);

    // ---- records one by one

    @Test
    void new_partition_hasNoPendingAction() {
        assertThat(partition.seekTo()).isEqualTo(NONE);
        assertThat(partition.toCommit()).isEqualTo(NONE);
        assertThat(partition.failure()).isNull();
        assertThat(partition.isBackingOff()).isFalse();
        assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // The next fetch may start later than after the last record: past a transaction marker.
        "5, 7, 8",
        "5, 7, 9",
        "0, 0, 1"
    })
    void done_allRecordsOfAPoll_areCommittable_withoutASeek(long first, long last, long next) {
        partition.fetched(first, last, next);
        assertThat(partition.toCommit()).isEqualTo(NONE);
        for (long offset = first; offset <= last; offset++) {
            partition.done(offset);
            assertThat(partition.toCommit()).isEqualTo(offset + 1);
        }
        assertThat(partition.seekTo())
                .as("no seek: the next fetch starts right")
                .isEqualTo(NONE);

        partition.committed(last + 1);
        assertThat(partition.toCommit()).as("once is enough").isEqualTo(NONE);
    }

    @Test
    void done_gaps_areSkipped() {
        partition.fetched(5, 40, 41);
        partition.done(5);
        partition.done(17);
        assertThat(partition.toCommit()).isEqualTo(18);

        partition.done(40);
        assertThat(partition.toCommit()).isEqualTo(41);
    }

    @Test
    void failed_record_isFetchedAgain_andNotCommitted() {
        partition.fetched(5, 9, 10);
        partition.done(5);
        partition.done(6);
        partition.failed(failure);
        assertThat(partition.failure()).isSameAs(failure);

        assertThat(partition.rewind(0)).isEqualTo(7);

        assertThat(partition.failure()).isNull();
        assertThat(partition.toCommit()).isEqualTo(7);
        assertThat(partition.seekTo()).as("the rewind has sought").isEqualTo(NONE);
    }

    @Test
    void failed_firstRecord_doesNotCommitTheGapBeforeIt() {
        partition.fetched(5, 9, 10);
        partition.done(9);
        partition.committed(10);
        partition.fetched(12, 14, 15);
        partition.failed(failure);

        assertThat(partition.rewind(0)).isEqualTo(12);
        assertThat(partition.toCommit()).isEqualTo(NONE);
    }

    @Test
    void failed_twice_keepsTheFirstCause() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);
        partition.failed(new IOException("second"));

        assertThat(partition.failure()).isSameAs(failure);
    }

    @Test
    void done_onlyPartOfAPoll_seeksBackToTheRest() {
        partition.fetched(5, 9, 10);
        partition.done(5);

        assertThat(partition.seekTo()).isEqualTo(6);
        assertThat(partition.seekTo()).as("once").isEqualTo(NONE);
    }

    @Test
    void takeBack_unacknowledgedSend_returnsToTheLastCommit() {
        partition.fetched(5, 9, 10);
        partition.done(9);
        partition.committed(10);
        partition.fetched(10, 14, 15);
        partition.done(14);

        partition.takeBack(failure);

        assertThat(partition.failure()).isSameAs(failure);
        assertThat(partition.toCommit()).isEqualTo(NONE);
        assertThat(partition.rewind(0)).isEqualTo(10);
    }

    @Test
    void takeBack_withoutACommit_returnsToTheFirstRecord() {
        partition.fetched(5, 9, 10);
        partition.done(9);

        partition.takeBack(failure);

        assertThat(partition.rewind(0)).isEqualTo(5);
    }

    // ---- manual commits

    @Test
    void commitRequested_recordOfAnEarlierAssignment_doesNotLowerTheCommittedOffset() {
        OwnedPartition manual = new OwnedPartition(new TopicPartition("t", 0), true);
        manual.fetched(50, 59, 60);
        manual.done(59);

        manual.commitRequested(7);
        assertThat(manual.toCommit()).isEqualTo(NONE);

        manual.commitRequested(55);
        assertThat(manual.toCommit()).isEqualTo(55);
    }

    /** Otherwise a record that is delivered again would be committed before the route requests it. */
    @Test
    void rewind_withdrawsRequestedCommitsOfRecordsThatAreDeliveredAgain() {
        OwnedPartition manual = new OwnedPartition(new TopicPartition("t", 0), true);
        manual.fetched(5, 9, 10);
        manual.done(5);
        manual.commitRequested(8);
        manual.failed(failure);
        assertThat(manual.rewind(0)).isEqualTo(6);
        manual.resume(Long.MAX_VALUE);

        manual.fetched(6, 9, 10);
        manual.done(7);

        assertThat(manual.toCommit()).isEqualTo(6);
    }

    // ---- the offset from which a poll is complete

    @Test
    void fetched_returnsTheOffsetFromWhichRecordsAreComplete() {
        assertThat(partition.fetched(5, 9, 12))
                .as("nothing is known of what was before")
                .isEqualTo(5);
        partition.done(9);
        assertThat(partition.fetched(14, 19, 20))
                .as("10 to 13 are not in Kafka")
                .isEqualTo(10);
        partition.failed(failure);
        assertThat(partition.rewind(0)).isEqualTo(14);
        partition.resume(Long.MAX_VALUE);
        assertThat(partition.fetched(14, 19, 20)).isEqualTo(14);
        partition.recover(() -> false);

        partition.skipTo(40);
        assertThat(partition.fetched(44, 49, 50)).isEqualTo(40);
    }

    /**
     * Random operations on a partition: the offset to commit never exceeds the completed records, and never decreases.
     */
    @Test
    void toCommit_neverExceedsCompletedRecords() {
        int committing = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            RandomLife life = new RandomLife(seed);
            life.run();
            committing += life.committed == NONE ? 0 : 1;
        }
        assertThat(committing).as("partitions with a commit").isGreaterThan(1_000);
    }

    private static final class RandomLife {
        private final long seed;
        private final Random random;
        private final OwnedPartition partition = new OwnedPartition(new TopicPartition("t", 0), false);
        private long position = 3;
        private long committed = NONE;

        RandomLife(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int poll = 0; poll < 20; poll++) {
                long last = position + random.nextInt(4);
                long first = position;
                partition.fetched(first, last, last + 1 + random.nextInt(2));
                long doneBefore = handOver(last);
                boolean lost = random.nextInt(4) == 0;
                if (lost) {
                    partition.takeBack(new IOException("x"));
                } else {
                    partition.acknowledged();
                }
                position = settle(last);
                commit(lost ? first : doneBefore);
            }
        }

        /** Completes the records until one fails; returns the offset before which all are complete. */
        private long handOver(long last) {
            for (long offset = position; offset <= last; offset++) {
                if (random.nextInt(6) == 0) {
                    partition.failed(new IOException("x"));
                    return offset;
                }
                partition.done(offset);
            }
            return last + 1;
        }

        private long settle(long last) {
            long seek = partition.hasFailed() ? partition.rewind(0) : partition.seekTo();
            partition.resume(Long.MAX_VALUE);
            partition.recover(() -> false);
            return seek == NONE ? last + 1 : seek;
        }

        private void commit(long done) {
            long offset = partition.toCommit();
            if (offset != NONE) {
                assertThat(offset).as("seed %d", seed).isLessThanOrEqualTo(done).isGreaterThan(committed);
                if (random.nextBoolean()) {
                    committed = offset;
                    partition.committed(offset);
                }
            }
            assertThat(position).as("seed %d: nothing skipped", seed).isLessThanOrEqualTo(done);
        }
    }
}
