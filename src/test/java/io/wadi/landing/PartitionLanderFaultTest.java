package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.OWNERS;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.VISIBLE;
import static io.wadi.landing.PartitionInMemory.batch;
import static io.wadi.landing.PartitionInMemory.batchFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.OffsetRange;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Failed operations of the file system. */
final class PartitionLanderFaultTest {
    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();

    @ParameterizedTest
    @CsvSource({
        "MAKE_DIRECTORY, 1, creating the owner directory failed",
        "LIST, 1, fencing earlier owners failed",
        "DELETE, 1, fencing earlier owners failed",
        "LIST, 2, listing the landed files failed"
    })
    void open_fileSystemFailure_reportsTheFailedOperation(Operation operation, int call, String what) {
        store.put(OWNERS + "/earlier/0", "");
        store.fail(operation, call, Outcome.FAILED);

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch(0)))
                .withMessageStartingWith("select-color-1: /data/")
                .withMessageContaining(what + ": no answer");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CREATE", "WRITE", "SYNC", "CLOSE", "RENAME"})
    void publish_failure_nextOwnerLandsEachRecordOnce(Operation operation) {
        store.fail(operation, 1, Outcome.FAILED);
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> lander.append(batch(0, 1, 2)))
                .withMessageStartingWith("select-color-1: " + OWNERS + "/");
        assertThat(lander.safe()).isZero();
        lander.abandon();
        assertThat(partition.landed()).isEmpty();
        assertThat(partition.owners()).isEmpty();

        PartitionLander next = partition.open(NEVER, batch(0));
        next.append(batch(0, 1, 2));
        next.finish();
        assertThat(partition.landed()).containsExactly("0-2 v0 v1 v2");
    }

    @Test
    void publish_lostResponseOfTheRename_nextOwnerResumesAfterTheFile() {
        store.fail(Operation.RENAME, 1, Outcome.ANSWER_LOST);
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> lander.append(batch(0, 1, 2)))
                .withMessageContaining("publishing the file failed, as " + VISIBLE);
        lander.abandon();

        PartitionLander next = partition.open(NEVER, batch(0));
        assertThat(next.position()).isEqualTo(2);
        next.append(batch(0, 1, 2));
        next.finish();
        assertThat(partition.landed()).containsExactly("0-1 v0 v1", "2-2 v2");
    }

    @Test
    void publish_existingName_overwritesNothing() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        lander.append(batch(0, 1));
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 1).name(), "theirs\n");

        assertThatExceptionOfType(LandingException.class).isThrownBy(lander::finish);
        lander.abandon();
        assertThat(partition.landed()).containsExactly("0-1 theirs");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CREATE", "CLOSE", "RENAME"})
    void expired_failure_leavesNoFileOpen_andTheNextOwnerRecordsTheRange(Operation operation) {
        store.fail(operation, 1, Outcome.FAILED);
        PartitionLander lander = partition.open(NEVER, batch(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> lander.expired(7))
                .withMessageContaining("recording the expired range failed");
        assertThat(store.hasOpenFiles()).isFalse();
        lander.abandon();

        partition.open(NEVER, batchFrom(0, 7)).expired(7);
        assertThat(store.paths()).containsExactly(LAYOUT.expired(PARTITION) + "/" + new OffsetRange(0, 6).name());
    }

    @Test
    void abandon_openFile_removesAllFiles() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        lander.append(batch(0, 1));

        lander.abandon();
        lander.abandon();

        assertThat(store.paths()).isEmpty();
        assertThat(partition.owners()).isEmpty();
    }

    @Test
    void abandon_fileSystemFailure_nextOwnerCleansUp() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        lander.append(batch(0));
        store.setFaults((operation, path) -> Outcome.FAILED);

        assertThatCode(lander::abandon).doesNotThrowAnyException();

        store.setFaults((operation, path) -> Outcome.DONE);
        partition.open(NEVER, batch(0));
        assertThat(partition.owners()).hasSize(1);
        assertThat(store.paths()).isEmpty();
    }
}
