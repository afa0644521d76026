package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The retries of a partition after failed records, and when it counts as recovered. */
final class OwnedPartitionRetryTest {
    private final IOException failure = new IOException("x");
    private final OwnedPartition partition = new OwnedPartition(new TopicPartition("t", 0), false);

    // ---- backoff

    @ParameterizedTest
    @CsvSource({"1, 200", "2, 400", "3, 800", "6, 6400", "7, 10000", "40, 10000", "1000, 10000"})
    void rewind_consecutiveFailures_increaseTheBackoff(int failures, long longestMs) {
        long now = Long.MAX_VALUE - 5; // System.nanoTime() may overflow
        partition.fetched(5, 9, 10);
        for (int i = 0; i < failures; i++) {
            partition.failed(failure);
            partition.rewind(now);
        }

        assertThat(partition.retry().failures()).isEqualTo(failures);
        assertThat(partition.isBackingOff()).isTrue();
        assertThat(partition.resume(now)).isFalse();
        assertThat(partition.resume(now + nanos(longestMs * 3 / 4) - 1)).isFalse();
        assertThat(partition.resume(now + nanos(longestMs))).isTrue();
        assertThat(partition.isBackingOff()).isFalse();
        assertThat(partition.resume(now + nanos(longestMs))).as("notified once").isFalse();
    }

    @Test
    void resume_isTrueFromTheEndOfTheBackoffOn() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);
        partition.rewind(7);
        long end = 7 + partition.retry().backoff().toNanos();

        assertThat(partition.resume(end - 1)).isFalse();
        assertThat(partition.resume(end)).isTrue();
    }

    @Test
    void rewind_afterACompletedRecord_restartsTheBackoff() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);
        partition.rewind(0);
        partition.failed(failure);
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);
        partition.fetched(5, 9, 10);
        partition.done(5);

        partition.failed(failure);
        partition.rewind(0);

        assertThat(partition.retry().failures()).isEqualTo(1);
        assertThat(partition.resume(nanos(200))).isTrue();
    }

    // ---- recovery

    @Test
    void recover_isTrueOnce_afterARecordSucceedsFollowingAFailure() {
        partition.fetched(5, 9, 10);
        assertThat(partition.recover(() -> false)).as("there was no failure").isFalse();
        partition.failed(failure);
        partition.rewind(0);
        assertThat(partition.recover(() -> false)).as("nothing was tried yet").isFalse();

        partition.resume(Long.MAX_VALUE);
        partition.fetched(5, 9, 10);
        partition.done(9);
        assertThat(partition.recover(() -> false)).isTrue();
        assertThat(partition.recover(() -> false)).isFalse();
    }

    @Test
    void recover_isTrue_onceKafkaNoLongerHasTheFailedRecord() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);

        partition.skipTo(12);
        assertThat(partition.recover(() -> false)).isTrue();

        assertThat(partition.fetched(12, 14, 15)).isEqualTo(12);
    }

    @Test
    void recover_afterAnEarlierTruncation_isFalse_becauseTheFailedRecordIsDeliveredAgain() {
        partition.fetched(5, 9, 10);
        partition.done(5);
        partition.failed(failure);
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);

        partition.truncatedTo(8);

        assertThat(partition.recover(() -> false)).isFalse();
    }

    /** A poll skips gaps before it returns records. */
    @Test
    void fetched_afterTheFailedRecordWasSkipped_isRetried() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);
        partition.skipTo(12);

        partition.fetched(12, 14, 15);

        assertThat(partition.recover(() -> false)).isTrue();
    }

    // ---- isolated retries

    @Test
    void takeBack_isolatesTheUnacknowledgedRecords() {
        partition.fetched(5, 9, 10);
        partition.done(6);
        partition.acknowledged();
        partition.done(8);

        partition.takeBack(failure);

        assertThat(partition.isolated()).isEqualTo(new IsolatedRange(7, 9));
    }

    @Test
    void undo_failedRecordOfATransaction_isIsolated_andTheRecordsBeforeItAreNotDone() {
        partition.fetched(5, 9, 10);
        partition.done(5);
        partition.acknowledged();
        partition.done(6);
        partition.failed(7, failure);

        partition.undo();

        assertThat(partition.isolated()).isEqualTo(new IsolatedRange(7, 8));
        assertThat(partition.toCommit()).isEqualTo(6);
        assertThat(partition.rewind(0)).isEqualTo(6);
    }

    @Test
    void undo_failureOfAnUnknownRecord_isolatesNone() {
        partition.fetched(5, 9, 10);
        partition.failed(failure);

        partition.undo();

        assertThat(partition.isolated()).isEqualTo(IsolatedRange.NONE);
    }

    @Test
    void undo_failureOfAnIsolatedRecord_keepsTheOthersIsolated() {
        partition.fetched(5, 9, 10);
        partition.done(9);
        partition.takeBack(failure);
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);
        partition.fetched(5, 9, 10);
        partition.failed(5, failure);

        partition.undo();

        assertThat(partition.isolated()).isEqualTo(new IsolatedRange(5, 10));
    }

    private static long nanos(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
