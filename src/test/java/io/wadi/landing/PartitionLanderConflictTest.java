package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.VISIBLE;
import static io.wadi.landing.PartitionInMemory.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.landing.PartitionInMemory.Group;
import io.wadi.landing.files.LandedFile;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** External changes of landed files or of the committed offset. */
final class PartitionLanderConflictTest {
    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();
    private final Group group = partition.group();

    @Test
    void open_offsetSetBack_isRejected() {
        land(0, 1, 2, 3);
        group.set(2);

        assertConflict(
                "/" + new LandedFile(PARTITION, 2, 3).name(),
                "the group's offset was set to 2, but all records before 4 have landed");
    }

    @Test
    void open_offsetSetIntoAFile_isRejected() {
        land(0, 1, 2, 3);
        group.set(1);

        assertConflict(
                "/" + new LandedFile(PARTITION, 2, 3).name(),
                "set the offset to 4, or move away the files from offset 1 on");
    }

    /** With manual assignment, another process of the group may have committed late: the files decide. */
    @Test
    void open_offsetSetBack_ofAnAssignedPartition_resumesAfterTheFiles() {
        land(0, 1, 2, 3);
        group.manual = true;
        group.set(1);

        assertThat(partition.open(NEVER, batch(1)).position()).isEqualTo(4);
    }

    @Test
    void open_foreignFile_isRejected() {
        land(0, 1);
        store.put(VISIBLE + "notes.txt", "x");

        assertConflict("/notes.txt", "it is not a landed file of this partition: move it away");
    }

    @Test
    void open_fileOfAnotherPartition_isRejected() {
        land(0, 1);
        String name = new LandedFile(new TopicPartition("select-color", 2), 0, 99).name();
        store.put(VISIBLE + name, "x");

        assertConflict("/" + name, "not a landed file of this partition");
    }

    @Test
    void open_lastFileTruncated_isRejected() {
        land(0, 1, 2, 3);
        store.take(VISIBLE + new LandedFile(PARTITION, 2, 3).name());
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 3).name(), "v");

        assertConflict("/" + new LandedFile(PARTITION, 2, 3).name(), "landing wrote 6 bytes, but the file has 1");
    }

    @Test
    void open_lastFileMovedAway_resumesAtTheCommit() {
        land(0, 1, 2, 3);
        store.take(VISIBLE + new LandedFile(PARTITION, 2, 3).name());

        assertThat(partition.open(NEVER, batch(0)).position()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_tmp", "_expired", "_compacting", ".snapshot", ".reserved"})
    void open_topicWithANameInUse_isRejected(String topic) {
        RecordBatch batch = RecordBatches.of(List.of(Records.record(new TopicPartition(topic, 0), 0, "v")));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch))
                .withMessageContaining(
                        "topic " + topic + " cannot be landed: landing or HDFS uses its name for another directory");
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void open_topicWithATooLongName_isRejected() {
        RecordBatch longest = RecordBatches.of(List.of(Records.record(new TopicPartition("t".repeat(205), 9), 0, "v")));
        RecordBatch longer = RecordBatches.of(List.of(Records.record(new TopicPartition("t".repeat(205), 10), 0, "v")));

        assertThat(partition.open(NEVER, longest).position()).isZero();
        List<String> before = store.calls().stream().toList();
        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, longer))
                .withMessageContaining("cannot be landed: the names of its files have 256 characters, HDFS allows 255");
        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void open_overlappingFiles_areRejected() {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 9).name(), "");
        store.put(VISIBLE + new LandedFile(PARTITION, 9, 12).name(), "");

        assertConflict("/" + new LandedFile(PARTITION, 9, 12).name(), "offset 9 is also in " + VISIBLE);
    }

    @Test
    void open_moreThanOneFileBeyondTheCommit_isRejected() {
        land(0, 1);
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 3).name(), "");
        store.put(VISIBLE + new LandedFile(PARTITION, 4, 5).name(), "");

        assertConflict(
                "/" + new LandedFile(PARTITION, 4, 5).name(),
                "expected at most one file after it, which begins at offset 2, found 2");
    }

    /** Lands these offsets, two in each file. */
    private void land(long... offsets) {
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(offsets));
        lander.append(batch(offsets));
        lander.finish();
    }

    private void assertConflict(String path, String message) {
        List<String> before = store.paths();
        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch(0)))
                .withMessageStartingWith("select-color-1: " + VISIBLE.substring(0, VISIBLE.length() - 1) + path + ": ")
                .withMessageContaining(message);
        assertThat(store.paths()).isEqualTo(before);
    }
}
