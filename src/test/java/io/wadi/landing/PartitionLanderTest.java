package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.Records;
import io.wadi.kafka.Run;
import io.wadi.kafka.Runs;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PartitionLanderTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 1);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    private static final String OWNERS = LAYOUT.owners(PARTITION);
    private static final Rotation NEVER = new Rotation(1_000_000, 1L << 40, Duration.ofDays(1));
    private static final long NONE = -1;

    private final MemoryFileStore store = new MemoryFileStore();
    private final List<String> refused = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 10; // System.nanoTime() may overflow
    private long committed = NONE;

    // ---- rotation

    @Test
    void append_recordsLimit_publishesAFile() {
        PartitionLander lander = open(new Rotation(3, 1L << 40, Duration.ofDays(1)), run(0, 1));

        lander.append(run(0, 1));
        assertThat(landed()).isEmpty();
        lander.append(run(2, 3, 4, 5, 6));

        assertThat(landed()).containsExactly("0-2 v0 v1 v2", "3-5 v3 v4 v5");
        assertThat(lander.position()).isEqualTo(7);
        assertThat(lander.committable()).isEqualTo(6);
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
        assertThat(lander.committable()).isEqualTo(2);

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
        assertThat(lander.committable()).isEqualTo(2);
        assertThat(owners()).isEmpty();
    }

    @Test
    void finish_nothingOpen_publishesNothing() {
        PartitionLander lander = open(NEVER, run(5));

        lander.finish();

        assertThat(landed()).isEmpty();
        assertThat(lander.committable()).isEqualTo(NONE);
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
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (byte[] value : values) {
            records.add(new ConsumerRecord<>("select-color", 1, records.size(), null, value));
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
        committed = 2;
        PartitionLander lander = open(new Rotation(3, 1L << 40, Duration.ofDays(1)), run(5, 9, 10));

        lander.append(run(5, 9, 10));
        lander.append(run(17, 30));
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

        lander.append(Runs.of(List.of(Records.record(PARTITION, 7, null))));
        nanos += NEVER.age().toNanos();
        lander.tick();

        assertThat(landed()).containsExactly("0-7 ");
        assertThat(lander.committable()).isEqualTo(8);
    }

    @Test
    void append_refusalThatFails_failsTheRun() {
        PartitionLander lander = PartitionLander.open(
                run(0),
                store,
                LAYOUT,
                NEVER,
                (record, cause) -> {
                    throw new IllegalStateException("no dead letters today");
                },
                () -> nanos);

        assertThatIllegalStateException()
                .isThrownBy(() -> lander.append(Runs.of(List.of(Records.record(PARTITION, 0, null)))));
        assertThat(lander.position()).as("it is not done").isZero();
    }

    // ---- recovery

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            # landed   | committed | first at hand | goes on at | may be committed
            none       | -1        | 0             | 0          | -1
            none       | -1        | 17            | 17         | -1
            none       | 0         | 17            | 0          | 0
            none       | 12        | 12            | 12         | 12
            none       | 12        | 17            | 12         | 12
            0-9        | -1        | 0             | 10         | 10
            0-9        | 0         | 0             | 10         | 10
            0-9        | 10        | 10            | 10         | 10
            10-19 0-9  | 3         | 3             | 20         | 20
            0-9 5-5    | 3         | 3             | 10         | 10
            0-9        | 25        | 25            | 25         | 25
            """)
    void open_goesOnAfterWhatHasLandedAndWasCommitted(
            String landed, long committedBefore, long first, long position, long committable) {
        for (String range : landed == null ? new String[0] : landed.split(" ", -1)) {
            String[] ends = range.split("-", -1);
            store.put(VISIBLE + new LandedFile(PARTITION, Long.parseLong(ends[0]), Long.parseLong(ends[1])).name(), "");
        }
        committed = committedBefore;

        PartitionLander lander = open(NEVER, run(first));

        assertThat(lander.position()).isEqualTo(position);
        assertThat(lander.committable()).isEqualTo(committable);
    }

    @Test
    void open_filesOfOthers_areNotLookedAt() {
        store.put(VISIBLE + "_SUCCESS", "");
        store.put(VISIBLE + new LandedFile(new TopicPartition("select-color", 2), 0, 99).name(), "");
        store.put(VISIBLE + new LandedFile(new TopicPartition("other", 1), 0, 99).name(), "");
        store.put(LAYOUT.visible(new LandedFile(new TopicPartition("select-color", 11), 0, 99)), "");
        store.put(OWNERS + "/someone/" + new LandedFile(PARTITION, 0, 99).name(), "");

        assertThat(open(NEVER, run(4)).position()).isEqualTo(4);
    }

    @Test
    void open_fencesTheOthersBeforeItLooksAtFilesAndThenAtTheCommit() {
        store.put(OWNERS + "/earlier/0", "");
        store.put(OWNERS + "/stale/7", "");
        String visible = LAYOUT.visible(PARTITION);

        PartitionLander.open(
                Runs.of(run(0).records(), () -> {
                    store.calls().add("COMMITTED");
                    return NONE;
                }),
                store,
                LAYOUT,
                NEVER,
                (record, cause) -> {},
                () -> nanos);

        assertThat(store.calls().get(0)).startsWith("MAKE_DIRECTORY " + OWNERS + "/");
        assertThat(store.calls().subList(1, store.calls().size()))
                .containsExactly(
                        "LIST " + OWNERS,
                        "DELETE " + OWNERS + "/earlier",
                        "DELETE " + OWNERS + "/stale",
                        "MAKE_DIRECTORY " + visible,
                        "LIST " + visible,
                        "COMMITTED");
        assertThat(owners()).as("its own directory alone").hasSize(1);
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
        "MAKE_DIRECTORY, 2, its landed files could not be listed",
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
        assertThat(lander.committable()).isEqualTo(NONE);
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
        return PartitionLander.open(
                Runs.of(run.records(), () -> committed),
                store,
                LAYOUT,
                rotation,
                (record, cause) -> refused.add(record.offset() + " " + cause.getMessage()),
                () -> nanos);
    }

    private static Run run(long... offsets) {
        return Runs.of(LongStream.of(offsets)
                .mapToObj(offset -> Records.record(PARTITION, offset, "v" + offset))
                .toList());
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
