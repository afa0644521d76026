package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.VISIBLE;
import static io.wadi.landing.PartitionInMemory.batch;
import static io.wadi.landing.PartitionInMemory.batchFrom;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.landing.PartitionInMemory.Group;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.TimeBuckets;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rolling, and the content of landed files. */
final class PartitionLanderTest {
    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();
    private final Group group = partition.group();

    // ---- rotation

    @Test
    void append_recordsLimit_publishesAFile() {
        PartitionLander lander = partition.open(new RollPolicy(3, 1L << 40, Duration.ofDays(1)), batch(0, 1));

        lander.append(batch(0, 1));
        assertThat(partition.landed()).isEmpty();
        lander.append(batch(2, 3, 4, 5, 6));

        assertThat(partition.landed()).containsExactly("0-2 v0 v1 v2", "3-5 v3 v4 v5");
        assertThat(lander.position()).isEqualTo(7);
        assertThat(lander.safe()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({
        // Each line has 3 bytes: two characters and a newline.
        "6, 0-1 2-3",
        "7, 0-2",
        "9, 0-2",
        "1, 0-0 1-1 2-2 3-3"
    })
    void append_bytesLimit_publishesAFile(long bytes, String ranges) {
        PartitionLander lander = partition.open(new RollPolicy(1_000_000, bytes, Duration.ofDays(1)), batch(0));

        lander.append(batch(0, 1, 2, 3));

        assertThat(partition.ranges()).isEqualTo(ranges);
    }

    @Test
    void tick_ageOfTheFirstRecord_publishesAFile() {
        PartitionLander lander = partition.open(new RollPolicy(1_000_000, 1L << 40, Duration.ofNanos(100)), batch(0));
        partition.nanos += 1_000;
        lander.tick();
        assertThat(store.calls()).as("no file is open").noneMatch(call -> call.startsWith("RENAME"));

        lander.append(batch(0));
        partition.nanos += 60;
        lander.append(batch(1));
        partition.nanos += 39;
        lander.tick();
        assertThat(partition.landed()).isEmpty();
        partition.nanos += 1;
        lander.tick();
        assertThat(partition.landed()).containsExactly("0-1 v0 v1");
        assertThat(lander.safe()).isEqualTo(2);

        partition.nanos += 99;
        lander.append(batch(2));
        partition.nanos += 99;
        lander.tick();
        assertThat(partition.ranges())
                .as("the age counts from the file's own first record")
                .isEqualTo("0-1");
    }

    @Test
    void finish_openFile_isPublished_andTheOwnerDirectoryRemoved() {
        PartitionLander lander = partition.open(NEVER, batch(0, 1));
        lander.append(batch(0, 1));

        lander.finish();

        assertThat(partition.landed()).containsExactly("0-1 v0 v1");
        assertThat(lander.safe()).isEqualTo(2);
        assertThat(partition.owners()).isEmpty();
    }

    /** Otherwise the committed offset of an idle partition would stay before the marker of its last transaction. */
    @Test
    void offsetsWithoutRecords_afterTheRecordsOfTheOpenFile_areInItsRange() {
        PartitionLander lander = partition.open(new RollPolicy(1_000_000, 1L << 40, Duration.ofNanos(100)), batch(0));
        lander.append(batch(0, 1));

        lander.nothingBefore(3);
        assertThat(lander.position()).isEqualTo(3);
        assertThat(lander.safe()).isZero();
        partition.nanos += 100;
        lander.tick();

        assertThat(partition.landed()).containsExactly("0-2 v0 v1");
        assertThat(group.committed.offset()).isEqualTo(3);

        lander.append(batchFrom(3, 5));
        lander.finish();
        assertThat(partition.landed()).containsExactly("0-2 v0 v1", "3-5 v5");
    }

    @Test
    void offsetsWithoutRecords_afterThePublishedFile_areCommitted_andInTheRangeOfTheNextFile() {
        PartitionLander lander = partition.open(new RollPolicy(2, 1L << 40, Duration.ofDays(1)), batch(0));
        lander.append(batch(0, 1));
        assertThat(partition.ranges()).isEqualTo("0-1");

        lander.nothingBefore(5);
        lander.tick();
        assertThat(lander.position()).isEqualTo(5);
        assertThat(lander.safe()).isEqualTo(5);
        assertThat(group.committed.offset()).isEqualTo(5);

        lander.append(batchFrom(5, 6));
        lander.tick();
        assertThat(group.committed.offset()).isEqualTo(5);
        lander.finish();
        assertThat(partition.landed()).containsExactly("0-1 v0 v1", "2-6 v6");
        assertThat(group.committed.offset()).isEqualTo(7);
    }

    @Test
    void finish_nothingOpen_publishesNothing() {
        PartitionLander lander = partition.open(NEVER, batch(5));

        lander.finish();

        assertThat(partition.landed()).isEmpty();
        assertThat(lander.safe()).isEqualTo(5);
        assertThat(partition.owners()).isEmpty();
    }

    // ---- content of files

    @Test
    void append_values_areWrittenByteForByte_oneALine() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        List<byte[]> values = List.of(
                "{\"이름\":\"김철수 😀\\n\\\"\"}".getBytes(UTF_8),
                new byte[0],
                new byte[] {(byte) 0xFF, '\r', 0, (byte) 0xFE},
                " {\"a\" : 1.50 }\t".getBytes(UTF_8));
        List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
        for (byte[] value : values) {
            records.add(new ConsumerRecord<>("select-color", 1, records.size(), null, Records.value(value)));
        }

        lander.append(RecordBatches.of(records));
        lander.finish();

        byte[] file = store.read(store.paths().get(0));
        int at = 0;
        for (byte[] value : values) {
            assertThat(Arrays.copyOfRange(file, at, at + value.length)).isEqualTo(value);
            assertThat(file[at + value.length]).isEqualTo((byte) '\n');
            at += value.length + 1;
        }
        assertThat(at).isEqualTo(file.length);
    }

    @Test
    void append_offsetGaps_areCoveredByTheFollowingFile() {
        group.set(2);
        PartitionLander lander =
                partition.open(new RollPolicy(3, 1L << 40, Duration.ofDays(1)), batchFrom(2, 5, 9, 10));

        lander.append(batchFrom(2, 5, 9, 10));
        lander.append(batchFrom(11, 17, 30));
        lander.finish();

        assertThat(partition.landed()).containsExactly("2-10 v5 v9 v10", "11-30 v17 v30");
        assertThat(lander.position()).isEqualTo(31);
    }

    @Test
    void append_landedRecords_areSkipped() {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 6).name(), "");
        PartitionLander lander = partition.open(NEVER, batch(5, 6, 7));

        lander.append(batch(5, 6));
        lander.append(batch(5, 6, 7, 8));
        lander.append(batch(7, 8));
        lander.finish();

        assertThat(partition.ranges()).isEqualTo("0-6 7-8");
        assertThat(partition.landed()).contains("7-8 v7 v8");
    }

    @Test
    void append_valuesWithLineBreaks_areRejected_andTheirOffsetsCovered() {
        PartitionLander lander = partition.open(NEVER, batch(0));

        lander.append(RecordBatches.of(List.of(
                Records.record(PARTITION, 0, "a\nb"),
                Records.record(PARTITION, 1, "c"),
                Records.record(PARTITION, 2, null))));
        lander.finish();

        assertThat(partition.landed()).containsExactly("0-2 c");
        assertThat(partition.rejected())
                .containsExactly(
                        "0 the value has a line break at byte 1; a line must not contain any",
                        "2 the record has no value (a tombstone); a line requires one");
    }

    @Test
    void append_onlyRejectedValues_areCoveredByAnEmptyFile() {
        PartitionLander lander = partition.open(NEVER, batch(0));

        lander.append(RecordBatches.of(List.of(Records.record(PARTITION, 7, null)), 0, group));
        partition.nanos += NEVER.age().toNanos();
        lander.tick();

        assertThat(partition.landed()).containsExactly("0-7 ");
        assertThat(lander.safe()).isEqualTo(8);
    }

    @Test
    void append_failedDeadLetter_failsTheBatch() {
        partition.rejections = (record, cause) -> {
            throw new IllegalStateException("no dead letters today");
        };
        PartitionLander lander = partition.open(NEVER, batch(0));

        assertThatIllegalStateException()
                .isThrownBy(() -> lander.append(RecordBatches.of(List.of(Records.record(PARTITION, 0, null)))));
        assertThat(lander.position()).as("it is not done").isZero();
    }

    // ---- expired offsets

    @Test
    void expired_range_isRecorded_andNotCoveredByFileNames() {
        PartitionLander lander = partition.open(NEVER, batch(0));
        lander.append(batch(0, 1));

        lander.expired(7);
        lander.append(batch(7, 8));
        lander.finish();

        assertThat(partition.ranges()).isEqualTo("0-1 7-8");
        assertThat(store.paths()).contains(LAYOUT.expired(PARTITION) + "/" + new OffsetRange(2, 6).name());
        assertThat(group.committed.offset()).isEqualTo(9);
    }

    @Test
    void expired_reportedAgainAfterACrash_isAccepted() {
        group.set(2);
        partition.open(NEVER, batchFrom(7, 7)).expired(7);
        group.set(2);

        PartitionLander next = partition.open(NEVER, batchFrom(7, 7));
        next.expired(7);

        assertThat(next.position()).isEqualTo(7);
    }

    // ---- time directories

    /** Only the last directory is known, since those of all hours would take more and more memory. */
    @Test
    void append_earlierDay_withADirectoryThatWasMovedAway_isLanded() throws Exception {
        Layout daily = new Layout("/data", TimeBuckets.DAY);
        long noon = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
        RecordBatch days = RecordBatches.of(
                List.of(
                        Records.record(PARTITION, 0, noon, "v0"),
                        Records.record(PARTITION, 1, noon + 24 * 3_600_000, "v1"),
                        Records.record(PARTITION, 2, noon, "v2")),
                0,
                null);
        PartitionLander lander = partition.open(NEVER, daily, days);
        lander.append(days);

        store.delete(LAYOUT.visible(PARTITION) + "/date=2026-11-20");
        lander.finish();

        assertThat(partition.ranges()).isEqualTo("1-1 2-2");
    }

    @Test
    void append_nextDay_isWrittenToANewFile_andRecoveredAfterACrash() {
        Layout daily = new Layout("/data", TimeBuckets.DAY);
        long noon = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
        RecordBatch two = RecordBatches.of(
                List.of(
                        Records.record(PARTITION, 0, noon, "v0"),
                        Records.record(PARTITION, 1, noon + 11 * 3_600_000, "v1"),
                        Records.record(PARTITION, 2, noon + 12 * 3_600_000, "v2")),
                0,
                null);
        PartitionLander lander = partition.open(NEVER, daily, two);

        lander.append(two);
        lander.finish();

        String base = LAYOUT.visible(PARTITION) + "/";
        assertThat(store.paths())
                .containsExactlyInAnyOrder(
                        base + "date=2026-11-20/" + new LandedFile(PARTITION, 0, 1).name(),
                        base + "date=2026-11-21/" + new LandedFile(PARTITION, 2, 2).name());
        assertThat(partition.open(NEVER, daily, two).position()).isEqualTo(3);
        group.committed = GroupOffset.Committed.NONE;
        assertThat(partition.open(NEVER, daily, two).position())
                .as("by the files alone")
                .isEqualTo(3);
    }
}
