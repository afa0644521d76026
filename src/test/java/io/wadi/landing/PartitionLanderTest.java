package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.Records;
import io.wadi.kafka.Run;
import io.wadi.kafka.Runs;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.format.Encoding;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.FormatOptions;
import io.wadi.landing.hdfs.FileStore;
import io.wadi.testing.LandedContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PartitionLanderTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 1);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    private static final String OWNERS = LAYOUT.owners(PARTITION);
    private static final Encoding LINES = new Encodings(FormatOptions.DEFAULT, List.of()).of("select-color");
    private static final Rotation NEVER = new Rotation(1_000_000, 1L << 40, Duration.ofDays(1));

    private final MemoryFileStore store = new MemoryFileStore();
    private final List<String> refused = new ArrayList<>();
    private Landing.Publisher publisher = Turns::atOnce;
    private long nanos = Long.MAX_VALUE - 10; // System.nanoTime() may overflow
    private final Group group = new Group();

    /** Kafka's side of the group: keeps what is committed, unless it refuses. */
    private static final class Group implements GroupOffset {
        private Committed committed = Committed.NONE;
        private boolean refuses;
        private boolean byHand;

        void set(long offset) {
            committed = new Committed(offset, "");
        }

        @Override
        public Committed read() {
            return committed;
        }

        @Override
        public boolean isExclusive() {
            return !byHand;
        }

        @Override
        public boolean commit(Committed wanted) {
            if (!refuses) {
                committed = wanted;
            }
            return !refuses;
        }
    }

    // ---- rotation

    @Test
    void append_recordsLimit_publishesAFile() {
        PartitionLander lander = open(new Rotation(3, 1L << 40, Duration.ofDays(1)), run(0, 1));

        lander.append(run(0, 1));
        assertThat(landed()).isEmpty();
        lander.append(run(2, 3, 4, 5, 6));

        assertThat(landed()).containsExactly("0-2 v0 v1 v2", "3-5 v3 v4 v5");
        assertThat(lander.position()).isEqualTo(7);
        assertThat(lander.safe()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({
        // Each line of two letters and a newline counts 3 bytes.
        "6, 0-1 2-3",
        "7, 0-2",
        "9, 0-2",
        "1, 0-0 1-1 2-2 3-3"
    })
    void append_bytesLimit_publishesAFile(long bytes, String ranges) {
        PartitionLander lander = open(new Rotation(1_000_000, bytes, Duration.ofDays(1)), run(0));

        lander.append(run(0, 1, 2, 3));

        assertThat(ranges()).isEqualTo(ranges);
    }

    @Test
    void tick_ageOfTheFirstRecord_publishesAFile() {
        PartitionLander lander = open(new Rotation(1_000_000, 1L << 40, Duration.ofNanos(100)), run(0));
        nanos += 1_000;
        lander.tick();
        assertThat(store.calls()).as("no file is open").noneMatch(call -> call.startsWith("RENAME"));

        lander.append(run(0));
        nanos += 60;
        lander.append(run(1));
        nanos += 39;
        lander.tick();
        assertThat(landed()).isEmpty();
        nanos += 1;
        lander.tick();
        assertThat(landed()).containsExactly("0-1 v0 v1");
        assertThat(lander.safe()).isEqualTo(2);

        nanos += 99;
        lander.append(run(2));
        nanos += 99;
        lander.tick();
        assertThat(ranges())
                .as("the age counts from the file's own first record")
                .isEqualTo("0-1");
    }

    @Test
    void finish_openFile_isPublishedAndNothingIsLeftBehind() {
        PartitionLander lander = open(NEVER, run(0, 1));
        lander.append(run(0, 1));

        lander.finish();

        assertThat(landed()).containsExactly("0-1 v0 v1");
        assertThat(lander.safe()).isEqualTo(2);
        assertThat(owners()).isEmpty();
    }

    @Test
    void finish_nothingOpen_publishesNothing() {
        PartitionLander lander = open(NEVER, run(5));

        lander.finish();

        assertThat(landed()).isEmpty();
        assertThat(lander.safe()).isEqualTo(5);
        assertThat(owners()).isEmpty();
    }

    // ---- what stands in the files

    @Test
    void append_values_standByteForByteOneALine() {
        PartitionLander lander = open(NEVER, run(0));
        List<byte[]> values = List.of(
                "{\"이름\":\"김철수 😀\\n\\\"\"}".getBytes(UTF_8),
                new byte[0],
                new byte[] {(byte) 0xFF, '\r', 0, (byte) 0xFE},
                " {\"a\" : 1.50 }\t".getBytes(UTF_8));
        List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
        for (byte[] value : values) {
            records.add(new ConsumerRecord<>("select-color", 1, records.size(), null, Records.value(value)));
        }

        lander.append(Runs.of(records));
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
    void append_gapsInTheOffsets_areCoveredByTheFileThatFollowsThem() {
        group.set(2);
        PartitionLander lander = open(new Rotation(3, 1L << 40, Duration.ofDays(1)), runFrom(2, 5, 9, 10));

        lander.append(runFrom(2, 5, 9, 10));
        lander.append(runFrom(11, 17, 30));
        lander.finish();

        assertThat(landed()).containsExactly("2-10 v5 v9 v10", "11-30 v17 v30");
        assertThat(lander.position()).isEqualTo(31);
    }

    @Test
    void append_recordsThatHaveLanded_arePassedOver() {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 6).name(), "");
        PartitionLander lander = open(NEVER, run(5, 6, 7));

        lander.append(run(5, 6));
        lander.append(run(5, 6, 7, 8));
        lander.append(run(7, 8));
        lander.finish();

        assertThat(ranges()).isEqualTo("0-6 7-8");
        assertThat(landed()).contains("7-8 v7 v8");
    }

    @Test
    void append_valuesThatAreNoLine_areRefusedAndTheirOffsetsCovered() {
        PartitionLander lander = open(NEVER, run(0));

        lander.append(Runs.of(List.of(
                Records.record(PARTITION, 0, "a\nb"),
                Records.record(PARTITION, 1, "c"),
                Records.record(PARTITION, 2, null))));
        lander.finish();

        assertThat(landed()).containsExactly("0-2 c");
        assertThat(refused)
                .containsExactly(
                        "0 the value has a line break at byte 1, a line can have none",
                        "2 the record has no value (a tombstone), a line needs one");
    }

    @Test
    void append_refusedValuesOnly_areCoveredByAnEmptyFile() {
        PartitionLander lander = open(NEVER, run(0));

        lander.append(Runs.of(List.of(Records.record(PARTITION, 7, null)), 0, group));
        nanos += NEVER.age().toNanos();
        lander.tick();

        assertThat(landed()).containsExactly("0-7 ");
        assertThat(lander.safe()).isEqualTo(8);
    }

    @Test
    void append_refusalThatFails_failsTheRun() {
        Landing.Refusals refusals = (record, cause) -> {
            throw new IllegalStateException("no dead letters today");
        };
        PartitionLander lander = PartitionLander.open(
                Runs.of(run(0).records(), 0, group),
                new Landing(
                        store, LAYOUT, LINES, NEVER, ConsumerRecord::timestamp, Turns::atOnce, refusals, () -> nanos));

        assertThatIllegalStateException()
                .isThrownBy(() -> lander.append(Runs.of(List.of(Records.record(PARTITION, 0, null)))));
        assertThat(lander.position()).as("it is not done").isZero();
    }

    // ---- formats

    @ParameterizedTest
    @EnumSource
    void format_anyOf_coversRefusedRecordsAndEndsTheName(Format format) {
        PartitionLander lander = open(format, NEVER);

        lander.append(Runs.of(List.of(
                Records.record(PARTITION, 0, null),
                Records.record(PARTITION, 1, "{\"v\":\"a\"}"),
                Records.record(PARTITION, 4, "{\"v\":\n\"b\",}"))));
        lander.finish();

        LandedFile file = new LandedFile(PARTITION, 0, 4, format);
        assertThat(files()).containsExactly(file);
        assertThat(LandedContent.lines(format.extension(), store.read(LAYOUT.visible(file))))
                .containsExactly("{\"v\":\"a\"}");
        assertThat(refused).hasSize(2);
        assertThat(lander.safe()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void format_refusedRecordsOnly_areCoveredByAFileWithoutRecords(Format format) {
        PartitionLander lander = open(format, NEVER);

        lander.append(Runs.of(List.of(Records.record(PARTITION, 0, null))));
        lander.finish();

        LandedFile file = new LandedFile(PARTITION, 0, 0, format);
        assertThat(LandedContent.lines(format.extension(), store.read(LAYOUT.visible(file))))
                .isEmpty();
        assertThat(lander.safe()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST", "AVRO"})
    void format_compressed_countsBytesAsTheyStandInTheFile(Format format) {
        PartitionLander lander = open(format, new Rotation(1_000_000, 2 << 20, Duration.ofDays(1)));
        Random random = new Random(9);

        for (int offset = 0; offset < 8_000; offset++) {
            String value = Long.toHexString(random.nextLong()).repeat(64);
            lander.append(Runs.of(List.of(Records.record(PARTITION, offset, "{\"v\":\"" + value + "\"}"))));
        }

        assertThat(files()).as("8 MiB of lines are not a file of 2 MiB yet").isEmpty();
        lander.finish();
        LandedFile file = new LandedFile(PARTITION, 0, 7_999, format);
        assertThat(store.read(LAYOUT.visible(file)).length).isLessThan(1 << 20);
    }

    @ParameterizedTest
    @EnumSource
    void format_bytesLimit_isKeptNearlyInTheFiles(Format format) {
        long limit = 1 << 20;
        PartitionLander lander = open(format, new Rotation(1_000_000, limit, Duration.ofDays(1)));
        Random random = new Random(5);

        for (int offset = 0; offset < 4_000; offset++) {
            StringBuilder value = new StringBuilder();
            random.ints(1_000, '0', 'z').filter(c -> c != '\\').forEach(c -> value.append((char) c));
            lander.append(Runs.of(List.of(Records.record(PARTITION, offset, "{\"v\":\"" + value + "\"}"))));
        }

        assertThat(files().toList())
                .hasSizeGreaterThan(1)
                .allSatisfy(file -> assertThat(store.read(LAYOUT.visible(file)).length)
                        .isBetween((int) limit / 2, (int) limit * 5 / 4));
    }

    @ParameterizedTest
    @EnumSource
    void open_filesOfAnyFormat_areLanded(Format format) {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 6, format).name(), "");

        assertThat(open(NEVER, run(0)).position()).isEqualTo(7);
    }

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
    void open_goesOnAfterWhatHasLandedAndWasCommitted(
            String landed, long committedBefore, long first, long position, long committable) {
        for (String range : landed == null ? new String[0] : landed.split(" ", -1)) {
            String[] ends = range.split("-", -1);
            store.put(VISIBLE + new LandedFile(PARTITION, Long.parseLong(ends[0]), Long.parseLong(ends[1])).name(), "");
        }
        group.set(committedBefore);

        PartitionLander lander = open(NEVER, run(first));

        assertThat(lander.position()).isEqualTo(position);
        assertThat(lander.safe()).isEqualTo(committable);
    }

    @Test
    void open_filesOfOthers_areNotLookedAt() {
        store.put(VISIBLE + "_SUCCESS", "");
        store.put(VISIBLE + ".hidden", "");
        store.put(LAYOUT.visible(new LandedFile(new TopicPartition("select-color", 11), 0, 99)), "");
        store.put(OWNERS + "/someone/" + new LandedFile(PARTITION, 0, 99).name(), "");

        assertThat(open(NEVER, run(4)).position()).isEqualTo(4);
    }

    @Test
    void open_fencesTheOthersBeforeItLooksAtFilesAndThenAtTheCommit() {
        store.put(OWNERS + "/earlier/0", "");
        store.put(OWNERS + "/stale/7", "");
        String visible = LAYOUT.visible(PARTITION);

        GroupOffset read = new GroupOffset() {
            @Override
            public Committed read() {
                store.calls().add("COMMITTED");
                return Committed.NONE;
            }

            @Override
            public boolean isExclusive() {
                return true;
            }

            @Override
            public boolean commit(Committed committed) {
                throw new UnsupportedOperationException("nothing to commit yet");
            }
        };
        PartitionLander.open(
                Runs.of(run(0).records(), 0, read),
                new Landing(
                        store,
                        LAYOUT,
                        LINES,
                        NEVER,
                        ConsumerRecord::timestamp,
                        Turns::atOnce,
                        (record, cause) -> {},
                        () -> nanos));

        assertThat(store.calls().get(0)).startsWith("MAKE_DIRECTORY " + OWNERS + "/");
        assertThat(store.calls().subList(1, store.calls().size()))
                .containsExactly(
                        "LIST " + OWNERS,
                        "DELETE " + OWNERS + "/earlier",
                        "DELETE " + OWNERS + "/stale",
                        "COMMITTED",
                        "LIST " + visible,
                        "COMMITTED");
        assertThat(owners()).as("its own directory alone").hasSize(1);
    }

    // ---- what landing itself has committed

    @Test
    void open_ownCommit_listsOnlyWhatItDoesNotProve() {
        PartitionLander earlier = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(0));
        earlier.append(run(0, 1, 2, 3, 4, 5));
        group.refuses = true;
        earlier.append(run(6, 7));
        earlier.abandon();
        store.calls().clear();

        PartitionLander lander = open(NEVER, run(0));

        assertThat(lander.position()).isEqualTo(8);
        assertThat(store.listed())
                .as("the first page, and what follows offset 6")
                .containsExactly("0-1 2-3 4-5", "6-7");
    }

    @Test
    void append_commitRefused_publishesNoSecondFileAndGoesOnWhenItIsTaken() {
        PartitionLander lander = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(0));
        lander.tick();
        group.refuses = true;

        lander.append(run(0, 1, 2, 3, 4, 5));

        assertThat(ranges()).isEqualTo("0-1");
        assertThat(lander.position()).as("the second file is full and waits").isEqualTo(4);
        lander.append(run(4, 5));
        assertThat(lander.position()).isEqualTo(4);

        group.refuses = false;
        lander.append(run(4, 5));
        assertThat(ranges()).isEqualTo("0-1 2-3 4-5");
        assertThat(group.committed.offset()).isEqualTo(6);
    }

    @Test
    void tick_commitRefusedBefore_triesAgain() {
        PartitionLander lander = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(0));
        lander.tick();
        assertThat(group.committed.offset()).as("where landing begins").isZero();
        group.refuses = true;
        lander.append(run(0, 1));
        assertThat(group.committed.offset()).isZero();

        group.refuses = false;
        lander.tick();
        assertThat(group.committed.offset()).isEqualTo(2);
    }

    @Test
    void append_runThatDoesNotFollow_isReadAgainFromWhereItShould() {
        PartitionLander lander = open(NEVER, run(0));
        lander.append(run(0, 1));

        lander.append(run(5, 6));

        assertThat(lander.position()).isEqualTo(2);
    }

    // ---- offsets that Kafka has no more

    @Test
    void expired_range_isRecordedAndLeftOutOfTheNames() {
        PartitionLander lander = open(NEVER, run(0));
        lander.append(run(0, 1));

        lander.expired(7);
        lander.append(run(7, 8));
        lander.finish();

        assertThat(ranges()).isEqualTo("0-1 7-8");
        assertThat(store.paths()).contains(LAYOUT.expired(PARTITION) + "/" + new OffsetRange(2, 6).name());
        assertThat(group.committed.offset()).isEqualTo(9);
    }

    @Test
    void expired_toldAgainAfterACrash_isNoError() {
        group.set(2);
        open(NEVER, runFrom(7, 7)).expired(7);
        group.set(2);

        PartitionLander next = open(NEVER, runFrom(7, 7));
        next.expired(7);

        assertThat(next.position()).isEqualTo(7);
    }

    // ---- directories by time

    @Test
    void append_nextDay_standsInAFileOfItsOwnAndIsFoundAfterACrash() {
        Layout daily = new Layout("/data", TimeBuckets.DAY);
        long noon = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
        Run two = Runs.of(
                List.of(
                        Records.record(PARTITION, 0, noon, "v0"),
                        Records.record(PARTITION, 1, noon + 11 * 3_600_000, "v1"),
                        Records.record(PARTITION, 2, noon + 12 * 3_600_000, "v2")),
                0,
                null);
        PartitionLander lander = open(NEVER, daily, two);

        lander.append(two);
        lander.finish();

        String base = LAYOUT.visible(PARTITION) + "/";
        assertThat(store.paths())
                .containsExactlyInAnyOrder(
                        base + "date=2026-11-20/" + new LandedFile(PARTITION, 0, 1).name(),
                        base + "date=2026-11-21/" + new LandedFile(PARTITION, 2, 2).name());
        assertThat(open(NEVER, daily, two).position()).isEqualTo(3);
        group.committed = GroupOffset.Committed.NONE;
        assertThat(open(NEVER, daily, two).position()).as("by the files alone").isEqualTo(3);
    }

    // ---- what others have done to the files or the offset

    @Test
    void open_offsetSetBack_isRefused() {
        land(0, 1, 2, 3);
        group.set(2);

        assertConflict(
                "/" + new LandedFile(PARTITION, 2, 3).name(),
                "the group's offset was set to 2, but everything before 4 has landed");
    }

    @Test
    void open_offsetSetIntoAFile_isRefused() {
        land(0, 1, 2, 3);
        group.set(1);

        assertConflict(
                "/" + new LandedFile(PARTITION, 2, 3).name(),
                "set the offset to 4, or move the files from offset 1 on away");
    }

    /** Another that is assigned the same partition may have committed late: the files tell. */
    @Test
    void open_offsetSetBackOfAPartitionAssignedByHand_goesOnAfterTheFiles() {
        land(0, 1, 2, 3);
        group.byHand = true;
        group.set(1);

        assertThat(open(NEVER, run(1)).position()).isEqualTo(4);
    }

    @Test
    void open_fileThatIsNotLandings_isRefused() {
        land(0, 1);
        store.put(VISIBLE + "notes.txt", "x");

        assertConflict("/notes.txt", "it is none of this partition's landed files: move it away");
    }

    @Test
    void open_fileOfAnotherPartition_isRefused() {
        land(0, 1);
        String name = new LandedFile(new TopicPartition("select-color", 2), 0, 99).name();
        store.put(VISIBLE + name, "x");

        assertConflict("/" + name, "none of this partition's landed files");
    }

    @Test
    void open_lastFileTruncated_isRefused() {
        land(0, 1, 2, 3);
        store.take(VISIBLE + new LandedFile(PARTITION, 2, 3).name());
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 3).name(), "v");

        assertConflict("/" + new LandedFile(PARTITION, 2, 3).name(), "landing wrote 6 bytes, now there are 1");
    }

    @Test
    void open_lastFileTakenAway_goesOn() {
        land(0, 1, 2, 3);
        store.take(VISIBLE + new LandedFile(PARTITION, 2, 3).name());

        assertThat(open(NEVER, run(0)).position()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_tmp", "_expired", ".snapshot", ".reserved"})
    void open_topicWhoseNameIsTaken_isRefused(String topic) {
        Run run = Runs.of(List.of(Records.record(new TopicPartition(topic, 0), 0, "v")));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> open(NEVER, run))
                .withMessageContaining("topic " + topic + " cannot be landed: its name is reserved");
        assertThat(store.calls()).isEmpty();
    }

    @Test
    void open_filesThatOverlap_areRefused() {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 9).name(), "");
        store.put(VISIBLE + new LandedFile(PARTITION, 9, 12).name(), "");

        assertConflict("/" + new LandedFile(PARTITION, 9, 12).name(), "offset 9 stands in " + VISIBLE);
    }

    @Test
    void open_filesBeyondTheCommit_moreThanOne_areRefused() {
        land(0, 1);
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 3).name(), "");
        store.put(VISIBLE + new LandedFile(PARTITION, 4, 5).name(), "");

        assertConflict(
                "/" + new LandedFile(PARTITION, 4, 5).name(),
                "there can be one file at most, from offset 2 on, but there are 2");
    }

    /** Lands these offsets two a file and goes. */
    private void land(long... offsets) {
        PartitionLander lander = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(offsets));
        lander.append(run(offsets));
        lander.finish();
    }

    private void assertConflict(String path, String message) {
        List<String> before = store.paths();
        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> open(NEVER, run(0)))
                .withMessageStartingWith("select-color-1: " + VISIBLE.substring(0, VISIBLE.length() - 1) + path + ": ")
                .withMessageContaining(message);
        assertThat(store.paths()).isEqualTo(before);
    }

    // ---- failures

    @Test
    void append_afterANewOwner_canCreateNoFile() {
        PartitionLander earlier = open(NEVER, run(0));
        open(NEVER, run(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> earlier.append(run(0)))
                .withMessageStartingWith("select-color-1: " + OWNERS + "/")
                .withMessageContaining("it could not be created (another member may own the partition now)");
    }

    @Test
    void finish_afterANewOwner_publishesNothing() {
        PartitionLander earlier = open(NEVER, run(0));
        earlier.append(run(0, 1));
        PartitionLander later = open(NEVER, run(0));
        later.append(run(0));

        assertThatExceptionOfType(LandingException.class).isThrownBy(earlier::finish);
        earlier.abandon();
        assertThat(landed()).isEmpty();

        later.finish();
        assertThat(landed()).containsExactly("0-0 v0");
    }

    @ParameterizedTest
    @CsvSource({
        "MAKE_DIRECTORY, 1, its directory could not be made",
        "LIST, 1, earlier owners could not be fenced",
        "DELETE, 1, earlier owners could not be fenced",
        "LIST, 2, its landed files could not be listed"
    })
    void open_fileSystemFails_saysWhat(Operation operation, int call, String what) {
        store.put(OWNERS + "/earlier/0", "");
        store.fail(operation, call, Outcome.FAILED);

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> open(NEVER, run(0)))
                .withMessageStartingWith("select-color-1: /data/")
                .withMessageContaining(what + ": no answer");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CREATE", "WRITE", "SYNC", "CLOSE", "RENAME"})
    void publish_fails_nextOwnerLandsAllOfItOnce(Operation operation) {
        store.fail(operation, 1, Outcome.FAILED);
        PartitionLander lander = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> lander.append(run(0, 1, 2)))
                .withMessageStartingWith("select-color-1: " + OWNERS + "/");
        assertThat(lander.safe()).isZero();
        lander.abandon();
        assertThat(landed()).isEmpty();
        assertThat(owners()).isEmpty();

        PartitionLander next = open(NEVER, run(0));
        next.append(run(0, 1, 2));
        next.finish();
        assertThat(landed()).containsExactly("0-2 v0 v1 v2");
    }

    @Test
    void publish_renamesAnswerIsLost_nextOwnerGoesOnAfterIt() {
        store.fail(Operation.RENAME, 1, Outcome.ANSWER_LOST);
        PartitionLander lander = open(new Rotation(2, 1L << 40, Duration.ofDays(1)), run(0));

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> lander.append(run(0, 1, 2)))
                .withMessageContaining("it could not be published as " + VISIBLE);
        lander.abandon();

        PartitionLander next = open(NEVER, run(0));
        assertThat(next.position()).isEqualTo(2);
        next.append(run(0, 1, 2));
        next.finish();
        assertThat(landed()).containsExactly("0-1 v0 v1", "2-2 v2");
    }

    @Test
    void publish_nameIsTaken_overwritesNothing() {
        PartitionLander lander = open(NEVER, run(0));
        lander.append(run(0, 1));
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 1).name(), "theirs\n");

        assertThatExceptionOfType(LandingException.class).isThrownBy(lander::finish);
        lander.abandon();
        assertThat(landed()).containsExactly("0-1 theirs");
    }

    @Test
    void abandon_openFile_leavesNothing() {
        PartitionLander lander = open(NEVER, run(0));
        lander.append(run(0, 1));

        lander.abandon();
        lander.abandon();

        assertThat(store.paths()).isEmpty();
        assertThat(owners()).isEmpty();
    }

    @Test
    void abandon_fileSystemFails_leavesTheRestToTheNextOwner() {
        PartitionLander lander = open(NEVER, run(0));
        lander.append(run(0));
        store.setFaults((operation, path) -> Outcome.FAILED);

        assertThatCode(lander::abandon).doesNotThrowAnyException();

        store.setFaults((operation, path) -> Outcome.DONE);
        open(NEVER, run(0));
        assertThat(owners()).hasSize(1);
        assertThat(store.paths()).isEmpty();
    }

    // ---- helpers

    private PartitionLander open(Rotation rotation, Run run) {
        return open(rotation, LAYOUT, run);
    }

    private PartitionLander open(Rotation rotation, Layout layout, Run run) {
        return open(LINES, rotation, layout, run);
    }

    private PartitionLander open(Encoding encoding, Rotation rotation, Layout layout, Run run) {
        return PartitionLander.open(
                Runs.of(run.records(), run.from(), group),
                new Landing(
                        store,
                        layout,
                        encoding,
                        rotation,
                        ConsumerRecord::timestamp,
                        publisher,
                        (record, cause) -> refused.add(record.offset() + " " + cause.getMessage()),
                        () -> nanos));
    }

    private PartitionLander open(Format format, Rotation rotation) {
        FormatOptions options = new FormatOptions(
                format,
                false,
                "src/test/resources/fixtures/v.avsc",
                false,
                1,
                FormatOptions.AvroCodec.ZSTANDARD,
                FormatOptions.DEFAULT.rowGroupBytes());
        return open(new Encodings(options, List.of()).of(PARTITION.topic()), rotation, LAYOUT, run(0));
    }

    private static Run run(long... offsets) {
        return runFrom(offsets[0], offsets);
    }

    private static Run runFrom(long from, long... offsets) {
        return Runs.of(
                LongStream.of(offsets)
                        .mapToObj(offset -> Records.record(PARTITION, offset, "v" + offset))
                        .toList(),
                from,
                null);
    }

    /** The visible files in order: range and values. */
    private List<String> landed() {
        return files().map(file -> "%d-%d %s".formatted(file.first(), file.last(), values(file)))
                .toList();
    }

    private String ranges() {
        return String.join(
                " ", files().map(file -> file.first() + "-" + file.last()).toList());
    }

    private String values(LandedFile file) {
        String content = new String(store.read(LAYOUT.visible(file)), UTF_8);
        assertThat(content).matches("(.+\n)*");
        return content.strip().replace('\n', ' ');
    }

    private Stream<LandedFile> files() {
        return store.paths().stream()
                .filter(path -> path.startsWith(VISIBLE))
                .map(path -> LandedFile.parse(path.substring(VISIBLE.length())).orElseThrow())
                .sorted(LandedFile.BY_OFFSET);
    }

    private List<String> owners() {
        try {
            return store.list(OWNERS).stream().map(FileStore.Entry::name).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
