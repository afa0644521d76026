package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.OWNERS;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.VISIBLE;
import static io.wadi.landing.PartitionInMemory.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatches;
import io.wadi.landing.PartitionInMemory.Group;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.OffsetRange;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resume offsets after recovery, and the fencing of earlier owners. */
final class PartitionLanderRecoveryTest {
    private static final RollPolicy TWO = new RollPolicy(2, 1L << 40, Duration.ofDays(1));

    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();
    private final Group group = partition.group();

    // ---- recovery

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            # landed   | committed | first at hand | goes on at | may be committed
            none       | -1        | 0             | 0          | 0
            none       | -1        | 17            | 17         | 17
            none       | 0         | 17            | 0          | 0
            none       | 12        | 12            | 12         | 12
            none       | 12        | 17            | 12         | 12
            0-9        | -1        | 0             | 10         | 10
            0-9        | 10        | 10            | 10         | 10
            10-19 0-9  | 20        | 20            | 20         | 20
            10-19 0-9  | -1        | 0             | 20         | 20
            0-9        | 25        | 25            | 25         | 25
            """)
    void open_resumesAfterLandedAndCommittedOffsets(
            String landed, long committedBefore, long first, long position, long committable) {
        for (String range : landed == null ? new String[0] : landed.split(" ", -1)) {
            String[] ends = range.split("-", -1);
            store.put(VISIBLE + new LandedFile(PARTITION, Long.parseLong(ends[0]), Long.parseLong(ends[1])).name(), "");
        }
        group.set(committedBefore);

        PartitionLander lander = partition.open(NEVER, batch(first));

        assertThat(lander.position()).isEqualTo(position);
        assertThat(lander.safe()).isEqualTo(committable);
    }

    @Test
    void open_foreignFiles_areIgnored() {
        store.put(VISIBLE + "_SUCCESS", "");
        store.put(VISIBLE + ".hidden", "");
        store.put(LAYOUT.visible(new LandedFile(new TopicPartition("select-color", 11), 0, 99), ""), "");
        store.put(OWNERS + "/someone/" + new LandedFile(PARTITION, 0, 99).name(), "");

        assertThat(partition.open(NEVER, batch(4)).position()).isEqualTo(4);
    }

    @Test
    void open_fencesOtherOwners_thenListsFiles_thenReadsTheCommit() {
        store.put(OWNERS + "/earlier/0", "");
        store.put(OWNERS + "/stale/7", "");
        String visible = LAYOUT.visible(PARTITION);

        GroupOffset read = RecordBatches.reading(() -> {
            store.calls().add("COMMITTED");
            return GroupOffset.Committed.NONE;
        });
        partition.openAsIs(RecordBatches.of(batch(0).records(), 0, read));

        assertThat(store.calls().get(0)).startsWith("MAKE_DIRECTORY " + OWNERS + "/");
        assertThat(store.calls().subList(1, store.calls().size()))
                .containsExactly(
                        "LIST " + OWNERS,
                        "DELETE " + OWNERS + "/earlier",
                        "DELETE " + OWNERS + "/stale",
                        "COMMITTED",
                        "LIST " + visible,
                        "COMMITTED");
        assertThat(partition.owners()).as("its own directory alone").hasSize(1);
    }

    // ---- commits of landing itself

    @Test
    void open_ownCommit_listsOnlyFilesAfterIt() {
        PartitionLander earlier = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));
        earlier.append(batch(0, 1, 2, 3, 4, 5));
        group.failsCommits = true;
        earlier.append(batch(6, 7));
        earlier.abandon();
        store.calls().clear();

        PartitionLander lander = partition.open(NEVER, batch(0));

        assertThat(lander.position()).isEqualTo(8);
        assertThat(store.listed())
                .as("the first page, and what follows offset 6")
                .containsExactly("0-1 2-3 4-5", "6-7");
    }

    @Test
    void open_commitAfterOffsetsWithoutRecords_beginsTheNextFileAtThem() {
        PartitionLander earlier = partition.open(TWO, batch(0));
        earlier.append(batch(0, 1));
        earlier.nothingBefore(5);
        earlier.tick();
        earlier.abandon();
        assertThat(group.committed.offset()).isEqualTo(5);

        PartitionLander lander = partition.open(TWO, batch(5));
        assertThat(lander.position()).isEqualTo(5);
        assertThat(lander.safe()).isEqualTo(5);
        group.failsCommits = true;
        lander.append(batch(5, 6));
        assertThat(partition.ranges()).isEqualTo("0-1 2-6");
        lander.abandon();

        group.failsCommits = false;
        assertThat(partition.open(TWO, batch(5)).position())
                .as("by the file after the commit")
                .isEqualTo(7);
        group.manual = true;
        assertThat(partition.open(TWO, batch(5)).position()).as("by all files").isEqualTo(7);
    }

    /** A mirror copies the metadata of the other cluster's offset unchanged. */
    @Test
    void open_emptyDirectory_beginsTheNextFileAtTheCommittedOffset_whateverItsMetadata() {
        String last = new LandedFile(PARTITION, 2, 3).name();
        group.committed = new GroupOffset.Committed(8, "landed next= last=" + last + " bytes=6 first=4");

        PartitionLander lander = partition.open(TWO, batch(8));
        lander.append(batch(8, 9));
        group.failsCommits = true;
        lander.append(batch(10, 11));
        lander.abandon();

        assertThat(partition.ranges()).isEqualTo("8-9 10-11");
        group.failsCommits = false;
        assertThat(partition.open(TWO, batch(8)).position()).isEqualTo(12);
    }

    @Test
    void expired_afterOffsetsWithoutRecords_isRecordedFromTheLastFileOn() {
        PartitionLander lander = partition.open(TWO, batch(0));
        lander.append(batch(0, 1));
        lander.nothingBefore(5);

        lander.expired(9);

        assertThat(store.paths()).contains(LAYOUT.expired(PARTITION) + "/" + new OffsetRange(2, 8).name());
        lander.append(batch(9, 10));
        assertThat(partition.ranges()).isEqualTo("0-1 9-10");
    }

    @Test
    void append_failedCommit_publishesNoFurtherFile_untilItSucceeds() {
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));
        lander.tick();
        group.failsCommits = true;

        lander.append(batch(0, 1, 2, 3, 4, 5));

        assertThat(partition.ranges()).isEqualTo("0-1");
        assertThat(lander.position()).as("the second file is full and waits").isEqualTo(4);
        lander.append(batch(4, 5));
        assertThat(lander.position()).isEqualTo(4);

        group.failsCommits = false;
        lander.append(batch(4, 5));
        assertThat(partition.ranges()).isEqualTo("0-1 2-3 4-5");
        assertThat(group.committed.offset()).isEqualTo(6);
    }

    @Test
    void tick_failedCommit_isRetried() {
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));
        lander.tick();
        assertThat(group.committed.offset()).as("where landing begins").isZero();
        group.failsCommits = true;
        lander.append(batch(0, 1));
        assertThat(group.committed.offset()).isZero();

        group.failsCommits = false;
        lander.tick();
        assertThat(group.committed.offset()).isEqualTo(2);
    }

    @Test
    void append_nonContiguousBatch_keepsThePosition() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        lander.append(batch(0, 1));

        lander.append(batch(5, 6));

        assertThat(lander.position()).isEqualTo(2);
    }

    // ---- fencing

    @Test
    void append_afterANewOwner_createsNoFile() {
        PartitionLander earlier = partition.open(NEVER, batch(0));
        partition.open(NEVER, batch(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> earlier.append(batch(0)))
                .withMessageStartingWith("select-color-1: " + OWNERS + "/")
                .withMessageContaining("creating the file failed (another member may own the partition now)");
    }

    @Test
    void finish_afterANewOwner_publishesNothing() {
        PartitionLander earlier = partition.open(NEVER, batch(0));
        earlier.append(batch(0, 1));
        PartitionLander later = partition.open(NEVER, batch(0));
        later.append(batch(0));

        assertThatExceptionOfType(LandingException.class).isThrownBy(earlier::finish);
        earlier.abandon();
        assertThat(partition.landed()).isEmpty();

        later.finish();
        assertThat(partition.landed()).containsExactly("0-0 v0");
    }
}
