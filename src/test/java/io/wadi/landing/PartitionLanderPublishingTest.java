package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.batch;
import static io.wadi.landing.PartitionInMemory.batchFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.TimeBuckets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Files that are published asynchronously; a publication completes when the test triggers it or landing waits for it.
 */
final class PartitionLanderPublishingTest {
    private static final RollPolicy TWO = new RollPolicy(2, 1L << 40, Duration.ofNanos(100));

    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();
    private final PartitionInMemory.Group group = partition.group();
    private final Queue<FutureTask<Void>> begun = new ArrayDeque<>();
    private boolean isHanging;

    @BeforeEach
    void publishLater() {
        partition.publisher = publication -> {
            FutureTask<Void> task = new FutureTask<>(publication) {
                @Override
                public Void get(long timeout, TimeUnit unit)
                        throws InterruptedException, ExecutionException, TimeoutException {
                    if (isHanging) {
                        throw new TimeoutException();
                    }
                    run();
                    return super.get(timeout, unit);
                }
            };
            begun.add(task);
            return task;
        };
    }

    @Test
    void append_duringPublication_writesTheNextFile() {
        PartitionLander lander = partition.open(TWO, batch(0));

        lander.append(batch(0, 1, 2));

        assertThat(lander.isWaiting()).isTrue();
        assertThat(lander.position()).isEqualTo(3);
        assertThat(lander.safe()).as("nothing is visible yet").isZero();
        assertThat(partition.landed()).isEmpty();
        assertThat(group.committed.offset()).isZero();

        begun.remove().run();
        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(group.committed.offset()).as("the consumer's thread commits").isZero();

        lander.tick();
        assertThat(group.committed.offset()).isEqualTo(2);
        assertThat(lander.safe()).isEqualTo(2);
        assertThat(lander.isWaiting()).isFalse();
    }

    @Test
    void append_nextFileIsFull_waitsForThePreviousFileAndItsCommit() {
        PartitionLander lander = partition.open(TWO, batch(0));

        lander.append(batch(0, 1, 2, 3));
        assertThat(begun).as("one at a time").hasSize(1);
        assertThat(lander.position()).as("no need to wait yet").isEqualTo(4);
        assertThat(partition.landed()).isEmpty();

        group.failsCommits = true;
        lander.append(batch(4));
        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(begun).as("the first is not committed").hasSize(1);
        assertThat(lander.position()).as("it is read again").isEqualTo(4);

        group.failsCommits = false;
        lander.append(batch(4));
        assertThat(group.committed.offset()).isEqualTo(2);
        assertThat(begun).hasSize(2);
        lander.finish();
        assertThat(partition.ranges()).isEqualTo("0-1 2-3 4-4");
        assertThat(group.committed.offset()).isEqualTo(5);
    }

    @Test
    void append_publicationTakesTooLong_endsBeforeTheNextFile_andContinuesAfterIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        isHanging = true;

        lander.append(batch(0, 1, 2, 3, 4));
        assertThat(lander.position()).as("the third file cannot begin").isEqualTo(4);
        lander.append(batch(4));
        assertThat(lander.position()).isEqualTo(4);
        assertThat(begun).hasSize(1);

        isHanging = false;
        lander.append(batch(4));
        lander.finish();
        assertThat(partition.ranges()).isEqualTo("0-1 2-3 4-4");
        assertThat(group.committed.offset()).isEqualTo(5);
    }

    /** As with records of alternating hours: each is in a file of its own. */
    @Test
    void append_manyFiles_endsAfterTheTimeForABatch() {
        long third = PartitionLander.MAX_BATCH_TIME.toNanos() / 3;
        partition.publisher = publication -> {
            partition.nanos += third + 1;
            return Turns.atOnce(publication);
        };
        PartitionLander lander = partition.open(TWO, batch(0));
        long[] offsets = LongStream.range(0, 10).toArray();

        lander.append(batch(offsets));
        assertThat(partition.ranges()).isEqualTo("0-1 2-3 4-5");
        assertThat(lander.position()).isEqualTo(6);
        lander.append(batch(offsets));

        assertThat(partition.ranges()).isEqualTo("0-1 2-3 4-5 6-7 8-9");
        assertThat(group.committed.offset()).isEqualTo(10);
    }

    @Test
    void offsetsWithoutRecords_duringThePublicationOfTheFileBeforeThem_areCommittedAfterIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));

        lander.nothingBefore(5);
        assertThat(lander.position()).isEqualTo(5);
        assertThat(lander.safe()).as("the file before them is not visible yet").isZero();
        begun.remove().run();
        lander.tick();

        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(group.committed.offset()).isEqualTo(5);
    }

    /** They are not reported again, and retention could delete the last marker as if records had expired. */
    @Test
    void offsetsWithoutRecords_duringTheLastPublication_areCommittedByTheStop() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));

        lander.nothingBefore(3);
        lander.finish();

        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(group.committed.offset()).isEqualTo(3);
    }

    @Test
    void offsetsWithoutRecords_duringAPublication_areInTheRangeOfTheNextFile() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));

        lander.nothingBefore(5);
        lander.append(batchFrom(5, 6));
        begun.remove().run();
        lander.tick();
        assertThat(group.committed.offset()).isEqualTo(2);
        lander.finish();

        assertThat(partition.landed()).containsExactly("0-1 v0 v1", "2-6 v6");
        assertThat(group.committed.offset()).isEqualTo(7);
    }

    @Test
    void tick_fileThatFilledDuringPublicationOfThePrevious_isPublished() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2, 3));
        begun.remove().run();

        lander.tick();
        assertThat(begun).as("no record has to come").hasSize(1);
        begun.remove().run();
        lander.tick();

        assertThat(partition.ranges()).isEqualTo("0-1 2-3");
        assertThat(group.committed.offset()).isEqualTo(4);
    }

    @Test
    void fullFile_whileTheCommitOfThePreviousFails_appliesBackpressure() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2, 3));
        assertThat(lander.appliesBackpressure()).as("the next record waits").isFalse();
        begun.remove().run();

        group.failsCommits = true;
        lander.tick();
        assertThat(lander.appliesBackpressure()).isTrue();

        group.failsCommits = false;
        lander.tick();
        assertThat(begun).hasSize(1);
        assertThat(lander.appliesBackpressure()).isFalse();
    }

    @Test
    void beginFinish_startsPublishingTheOpenFile_andFinishWaitsForIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0));

        lander.beginFinish();
        assertThat(begun).hasSize(1);
        assertThat(partition.landed()).as("no caller has waited").isEmpty();

        lander.finish();
        assertThat(partition.ranges()).isEqualTo("0-0");
        assertThat(group.committed.offset()).isEqualTo(1);
    }

    @Test
    void beginFinish_duringPublicationOfThePreviousFile_waitsForIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2));

        lander.beginFinish();
        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(group.committed.offset()).isEqualTo(2);
        assertThat(begun).as("the open one has begun").hasSize(2);

        lander.finish();
        assertThat(partition.ranges()).isEqualTo("0-1 2-2");
        assertThat(group.committed.offset()).isEqualTo(3);
    }

    @Test
    void tick_duringPublication_neitherWaitsNorCommits() {
        Layout byDay = new Layout("/data", TimeBuckets.DAY);
        long day = Duration.ofDays(1).toMillis();
        PartitionLander lander = partition.open(TWO, byDay, batch(0));
        lander.append(RecordBatches.of(List.of(
                Records.record(PARTITION, 0, 0, "a"),
                Records.record(PARTITION, 1, 0, "b"),
                Records.record(PARTITION, 2, day, "c"))));
        String note = group.committed.note();
        partition.nanos += 1_000;

        lander.tick();

        assertThat(begun).as("the open file is old, but it is not its turn").hasSize(1);
        assertThat(begun.peek().isDone()).isFalse();
        assertThat(group.committed.offset()).isZero();
        assertThat(group.committed.note())
                .as("what the next owner looks for may still come")
                .isEqualTo(note)
                .contains("next=date=1970-01-01");
    }

    @Test
    void tick_failedPublication_isReported_andCommitsNothing() {
        store.fail(Operation.RENAME, 1, Outcome.FAILED);
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2));
        begun.remove().run();

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(lander::tick)
                .withMessageMatching("select-color-1: .*/0: publishing the file failed, as "
                        + LAYOUT.visible(new LandedFile(PARTITION, 0, 1), "").replace("+", "\\+") + ": no answer");
        lander.abandon();

        assertThat(lander.safe()).isZero();
        assertThat(group.committed.offset()).isZero();
        assertThat(partition.landed()).isEmpty();
        assertThat(partition.owners()).isEmpty();
    }

    @Test
    void abandon_duringPublication_fileDoesNotBecomeVisible() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2));

        lander.abandon();
        begun.remove().run();

        assertThat(partition.landed()).isEmpty();
        assertThat(partition.owners()).isEmpty();
    }

    @Test
    void abandon_fileAlreadyPublished_nextOwnerResumesAfterIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1, 2));
        store.fail(Operation.DELETE, 1, Outcome.FAILED);
        lander.abandon();
        begun.remove().run();

        PartitionLander next = partition.open(TWO, batch(0));

        assertThat(next.position()).isEqualTo(2);
    }

    @Test
    void expired_duringPublication_waitsForIt() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));

        lander.expired(7);

        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(store.paths()).contains(LAYOUT.expired(PARTITION) + "/" + new OffsetRange(2, 6).name());
        assertThat(group.committed.offset()).isEqualTo(7);
    }

    @Test
    void finish_interrupted_fails_andKeepsTheInterrupt() {
        partition.publisher = publication -> new FutureTask<>(publication) {
            @Override
            public Void get(long timeout, TimeUnit unit) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(lander::finish)
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void rejectingPublisher_failsTheBatch() {
        partition.publisher = publication -> {
            throw new IllegalStateException("stopped");
        };
        PartitionLander lander = partition.open(TWO, batch(0));

        assertThatIllegalStateException().isThrownBy(() -> lander.append(batch(0, 1)));
        lander.abandon();
        assertThat(partition.owners()).isEmpty();
    }
}
