package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.PartitionSink;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PartitionProgressTest {
    private static final long NONE = PartitionProgress.NONE;

    private final IOException failure = new IOException("x");
    private final PartitionProgress progress = new PartitionProgress(new TopicPartition("t", 0));

    // ---- records one by one

    @Test
    void new_partition_hasNothingToDo() {
        assertThat(progress.seekTo()).isEqualTo(NONE);
        assertThat(progress.toCommit()).isEqualTo(NONE);
        assertThat(progress.failure()).isNull();
        assertThat(progress.isWaiting()).isFalse();
        assertThat(progress.isDue(Long.MAX_VALUE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // The next fetch may start later than after the last record: behind a transaction's marker.
        "5, 7, 8",
        "5, 7, 9",
        "0, 0, 1"
    })
    void done_allOfAPoll_isToBeCommittedAndReadOn(long first, long last, long next) {
        progress.fetched(first, last, next);
        assertThat(progress.toCommit()).isEqualTo(NONE);
        for (long offset = first; offset <= last; offset++) {
            progress.done(offset);
            assertThat(progress.toCommit()).isEqualTo(offset + 1);
        }
        assertThat(progress.seekTo()).as("no seek: the next fetch starts right").isEqualTo(NONE);

        progress.committed(last + 1);
        assertThat(progress.toCommit()).as("once is enough").isEqualTo(NONE);
    }

    @Test
    void done_gaps_areSteppedOver() {
        progress.fetched(5, 40, 41);
        progress.done(5);
        progress.done(17);
        assertThat(progress.toCommit()).isEqualTo(18);

        progress.done(40);
        assertThat(progress.toCommit()).isEqualTo(41);
    }

    @Test
    void failed_record_isReadAgainAndNotCommitted() {
        progress.fetched(5, 9, 10);
        progress.done(5);
        progress.done(6);
        progress.failed(failure);
        assertThat(progress.failure()).isSameAs(failure);

        assertThat(progress.rewind(0)).isEqualTo(7);

        assertThat(progress.failure()).isNull();
        assertThat(progress.toCommit()).isEqualTo(7);
        assertThat(progress.seekTo()).as("the rewind has sought").isEqualTo(NONE);
    }

    @Test
    void failed_firstRecord_commitsNotEvenTheGapBeforeIt() {
        progress.fetched(5, 9, 10);
        progress.done(9);
        progress.committed(10);
        progress.fetched(12, 14, 15);
        progress.failed(failure);

        assertThat(progress.rewind(0)).isEqualTo(12);
        assertThat(progress.toCommit()).isEqualTo(NONE);
    }

    @Test
    void failed_twice_keepsTheFirstCause() {
        progress.fetched(5, 9, 10);
        progress.failed(failure);
        progress.failed(new IOException("second"));

        assertThat(progress.failure()).isSameAs(failure);
    }

    @Test
    void done_onlyPartOfAPoll_seeksBackToTheRest() {
        progress.fetched(5, 9, 10);
        progress.done(5);

        assertThat(progress.seekTo()).isEqualTo(6);
        assertThat(progress.seekTo()).as("once").isEqualTo(NONE);
    }

    @Test
    void takeBack_unacknowledgedSend_undoesAllSinceTheLastCommit() {
        progress.fetched(5, 9, 10);
        progress.done(9);
        progress.committed(10);
        progress.fetched(10, 14, 15);
        progress.done(14);

        progress.takeBack(failure);

        assertThat(progress.failure()).isSameAs(failure);
        assertThat(progress.toCommit()).isEqualTo(NONE);
        assertThat(progress.rewind(0)).isEqualTo(10);
    }

    @Test
    void takeBack_nothingCommittedYet_goesBackToTheFirstRecord() {
        progress.fetched(5, 9, 10);
        progress.done(9);

        progress.takeBack(failure);

        assertThat(progress.rewind(0)).isEqualTo(5);
    }

    // ---- waiting

    @ParameterizedTest
    @CsvSource({"1, 200", "2, 400", "3, 800", "6, 6400", "7, 10000", "40, 10000", "1000, 10000"})
    void rewind_failuresInARow_waitLongerAndLonger(int failures, long longestMs) {
        long now = Long.MAX_VALUE - 5; // System.nanoTime() may overflow
        for (int i = 0; i < failures; i++) {
            progress.rewind(now);
        }

        assertThat(progress.failures()).isEqualTo(failures);
        assertThat(progress.isWaiting()).isTrue();
        assertThat(progress.isDue(now)).isFalse();
        assertThat(progress.isDue(now + nanos(longestMs * 3 / 4) - 1)).isFalse();
        assertThat(progress.isDue(now + nanos(longestMs))).isTrue();
        assertThat(progress.isWaiting()).isFalse();
        assertThat(progress.isDue(now + nanos(longestMs))).as("told once").isFalse();
    }

    @Test
    void rewind_afterARecordWasDone_startsTheWaitsAnew() {
        progress.fetched(5, 9, 10);
        progress.rewind(0);
        progress.rewind(0);
        progress.fetched(5, 9, 10);
        progress.done(5);

        progress.rewind(0);

        assertThat(progress.failures()).isEqualTo(1);
        assertThat(progress.isDue(nanos(200))).isTrue();
    }

    // ---- a sink decides

    @Test
    void claimed_sink_saysWhereToReadOnAndCommitsByItself() {
        FakeSink sink = new FakeSink();
        progress.fetched(5, 9, 10);
        progress.claim(sink);
        sink.position = 10;
        progress.done(9);
        assertThat(progress.seekTo()).isEqualTo(NONE);
        sink.safe = 8;
        assertThat(progress.toCommit()).as("it commits by itself").isEqualTo(NONE);
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "1000"})
    void claimed_sinkThatIsElsewhere_isFollowed(long position) {
        FakeSink sink = new FakeSink();
        progress.fetched(5, 9, 12);
        progress.claim(sink);
        sink.position = position;

        assertThat(progress.seekTo()).isEqualTo(position);
        assertThat(progress.seekTo()).as("once").isEqualTo(NONE);
    }

    @Test
    void claimed_sinkBehindATransactionsMarker_needsNoSeek() {
        FakeSink sink = new FakeSink();
        progress.fetched(5, 9, 12);
        progress.claim(sink);

        sink.position = 10;
        assertThat(progress.seekTo()).as("after the last record").isEqualTo(NONE);
        sink.position = 12;
        assertThat(progress.seekTo()).as("where the fetch goes on").isEqualTo(NONE);
    }

    @Test
    void rewind_sink_isAbandonedAndItsRecordsReadAgainFromWhatItHadDone() {
        FakeSink sink = new FakeSink();
        progress.fetched(5, 9, 10);
        progress.claim(sink);
        sink.position = 10;
        sink.safe = 8;
        progress.failed(failure);

        assertThat(progress.rewind(0)).isEqualTo(8);

        assertThat(sink.abandoned).isEqualTo(1);
        assertThat(progress.sink()).isNull();
        assertThat(progress.toCommit()).isEqualTo(NONE);
    }

    @Test
    void rewind_sinkThatHasDoneNothing_readsAgainFromTheFirstRecord() {
        FakeSink sink = new FakeSink();
        progress.fetched(5, 9, 10);
        progress.claim(sink);
        sink.position = 10;
        progress.fetched(10, 19, 20);
        sink.position = 20;
        progress.done(19);

        progress.takeBack(failure);

        assertThat(progress.rewind(0)).isEqualTo(5);
        assertThat(progress.toCommit()).isEqualTo(NONE);
    }

    // ---- from where on a poll has all that Kafka has

    @Test
    void fetched_saysFromWhereOnItHasAll() {
        assertThat(progress.fetched(5, 9, 12))
                .as("nothing is known of what was before")
                .isEqualTo(5);
        progress.done(9);
        assertThat(progress.fetched(14, 19, 20)).as("10 to 13 are not in Kafka").isEqualTo(10);
        progress.failed(failure);
        assertThat(progress.rewind(0)).isEqualTo(14);
        assertThat(progress.fetched(14, 19, 20)).isEqualTo(14);

        progress.goOnAt(40);
        assertThat(progress.fetched(44, 49, 50)).isEqualTo(40);
    }

    // ---- recovery

    @Test
    void hasRecovered_onceAfterAFailureWhenRecordsWereHandedOverWithoutOne() {
        progress.fetched(5, 9, 10);
        assertThat(progress.hasRecovered()).as("there was no failure").isFalse();
        progress.failed(failure);
        progress.rewind(0);
        assertThat(progress.hasRecovered()).as("nothing was tried yet").isFalse();

        progress.fetched(5, 9, 10);
        progress.done(9);
        assertThat(progress.hasRecovered()).isTrue();
        assertThat(progress.hasRecovered()).isFalse();
    }

    /** Random lives of a partition: what is to be committed never goes beyond what is done, nor back. */
    @Test
    void toCommit_neverBeyondWhatIsDone() {
        for (long seed = 0; seed < 2_000; seed++) {
            new RandomLife(seed).live();
        }
    }

    private static final class RandomLife {
        private final long seed;
        private final Random random;
        private final PartitionProgress progress = new PartitionProgress(new TopicPartition("t", 0));
        private long position = 3;
        private long committed = NONE;

        RandomLife(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void live() {
            for (int poll = 0; poll < 20; poll++) {
                long last = position + random.nextInt(4);
                long first = position;
                progress.fetched(first, last, last + 1 + random.nextInt(2));
                long doneBefore = handOver(last);
                boolean lost = random.nextInt(4) == 0;
                if (lost) {
                    progress.takeBack(new IOException("x"));
                } else {
                    progress.acknowledged();
                }
                position = settle(last);
                commit(lost ? first : doneBefore);
            }
        }

        /** Hands the records over until one fails; what is done then. */
        private long handOver(long last) {
            for (long offset = position; offset <= last; offset++) {
                if (random.nextInt(6) == 0) {
                    progress.failed(new IOException("x"));
                    return offset;
                }
                progress.done(offset);
            }
            return last + 1;
        }

        private long settle(long last) {
            long seek = progress.failure() != null ? progress.rewind(0) : progress.seekTo();
            return seek == NONE ? last + 1 : seek;
        }

        private void commit(long done) {
            long offset = progress.toCommit();
            if (offset != NONE) {
                assertThat(offset).as("seed %d", seed).isLessThanOrEqualTo(done).isGreaterThan(committed);
                if (random.nextBoolean()) {
                    committed = offset;
                    progress.committed(offset);
                }
            }
            assertThat(position).as("seed %d: nothing skipped", seed).isLessThanOrEqualTo(done);
        }
    }

    private static long nanos(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private static final class FakeSink implements PartitionSink {
        private long position;
        private long safe = NONE;
        private int abandoned;

        @Override
        public long position() {
            return position;
        }

        @Override
        public long safe() {
            return safe;
        }

        @Override
        public void expired(long next) {
            position = next;
        }

        @Override
        public boolean isWaiting() {
            return false;
        }

        @Override
        public void tick() {
            // nothing has an age
        }

        @Override
        public void finish() {
            // nothing is open
        }

        @Override
        public void abandon() {
            abandoned++;
        }
    }
}
