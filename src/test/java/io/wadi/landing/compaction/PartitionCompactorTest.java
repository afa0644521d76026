package io.wadi.landing.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.LandingException;
import io.wadi.landing.MemoryFileStore;
import io.wadi.landing.MemoryFileStore.Killed;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.compaction.PartitionCompactor.Merge;
import io.wadi.landing.compaction.PartitionCompactor.Sizes;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.format.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PartitionCompactorTest {
    private static final TopicPartition PARTITION = new TopicPartition("select.color", 1);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    private static final Sizes ANY = new Sizes(1 << 20, 1 << 20, 100);

    private final MemoryFileStore store = new MemoryFileStore();

    // ---- planning

    @Test
    void plan_includesFilesBelowTheCommit_exceptTheNewest() {
        land(0, 1, 2, 3, 4);

        assertThat(planned(ANY, 100)).containsExactly("0-3");
        assertThat(planned(ANY, 3)).containsExactly("0-2");
        assertThat(planned(ANY, 2)).containsExactly("0-1");
        assertThat(planned(ANY, 1)).isEmpty();
        assertThat(planned(ANY, -1)).isEmpty();
    }

    @Test
    void plan_endsAMergeAtGapsEmptyFilesAndDirectories() {
        land(0, 1, 3, 4, 5, 7, 8);
        store.put(VISIBLE + new LandedFile(PARTITION, 6, 6).name(), "");
        store.put(VISIBLE + "date=2026-11-20/" + new LandedFile(PARTITION, 9, 9).name(), "v9\n");
        store.put(VISIBLE + "date=2026-11-20/" + new LandedFile(PARTITION, 10, 10).name(), "v10\n");
        land(11);

        assertThat(planned(ANY, 100)).containsExactly("0-1", "3-5", "7-8", "9-10");
    }

    @Test
    void plan_respectsTheSizeLimits() {
        land(0, 1, 2, 3, 4, 5, 6, 7); // 3 bytes each

        assertThat(planned(new Sizes(3, 1000, 100), 100)).as("none is shorter").isEmpty();
        assertThat(planned(new Sizes(4, 11, 100), 100)).containsExactly("0-2", "3-5");
        assertThat(planned(new Sizes(4, 12, 100), 100)).containsExactly("0-3", "4-6");
        assertThat(planned(new Sizes(4, 1000, 2), 100)).containsExactly("0-1", "2-3", "4-5");
    }

    @Test
    void plan_doesNotMergeValuesWithEnvelopes() {
        land(0, 1);
        for (long offset = 2; offset < 5; offset++) {
            store.put(
                    VISIBLE + new LandedFile(PARTITION, offset, offset).name(),
                    "{\"topic\":\"select.color\",\"partition\":1,\"offset\":%d,\"value\":1}\n".formatted(offset));
        }
        land(5, 6, 7, 8);

        assertThat(planned(ANY, 100)).containsExactly("0-1", "2-4", "5-7");
    }

    /** Only from a file with a line per offset can records be read without Kafka. */
    @Test
    void plan_doesNotMergeFilesWithALinePerOffset_withOthers() {
        land(0, 1);
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 3).name(), "v3\n");
        store.put(VISIBLE + new LandedFile(PARTITION, 4, 5).name(), "v4\n");
        land(6, 7, 8);

        assertThat(planned(ANY, 100)).containsExactly("0-1", "2-5", "6-7");
    }

    @Test
    void plan_excludesAnUnreadableFile() {
        land(0, 1);
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 2).name(), "an incomplete line");
        land(3, 4, 5);

        assertThat(planned(ANY, 100)).containsExactly("0-1", "3-4");
    }

    @Test
    void plan_excludesACompressedFileWithoutLines() throws IOException {
        store.makeDirectory(LAYOUT.visible(PARTITION));
        for (long offset = 0; offset < 6; offset++) {
            LandedFile file = new LandedFile(PARTITION, offset, offset, Format.JSONL_GZ);
            store.write(VISIBLE + file.name(), gzip(offset == 2 ? "" : "v" + offset + "\n"));
        }

        assertThat(planned(ANY, 100)).containsExactly("0-1", "3-4");
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream compressed = new GZIPOutputStream(bytes)) {
            compressed.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void plan_ignoresForeignFiles() {
        land(0, 1, 2);
        store.put(VISIBLE + "notes.txt", "v9\n");

        assertThat(planned(ANY, 100)).containsExactly("0-1");
    }

    // ---- merging

    @Test
    void merge_createsOneFile_andRemovesTheOthers() {
        land(0, 1, 2, 3);

        mergeAll();

        assertThat(store.paths())
                .containsExactlyInAnyOrder(
                        VISIBLE + new LandedFile(PARTITION, 0, 2).name(),
                        VISIBLE + new LandedFile(PARTITION, 3, 3).name());
        assertVisible(4);
    }

    /** Otherwise old files would appear to contain records of the time of the merge. */
    @Test
    void merge_keepsTheTimeOfTheNewestPart() throws Exception {
        Instant newest = Instant.parse("2026-11-20T07:30:00Z");
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 0).name(), "v0\n", newest.minusSeconds(60));
        store.put(VISIBLE + new LandedFile(PARTITION, 1, 1).name(), "v1\n", newest);
        store.put(VISIBLE + new LandedFile(PARTITION, 2, 2).name(), "v2\n", newest.plusSeconds(60));

        mergeAll();

        assertThat(store.find(VISIBLE + new LandedFile(PARTITION, 0, 1).name()))
                .map(FileStore.Entry::modified)
                .contains(newest);
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {
                "MAKE_DIRECTORY",
                "RENAME",
                "CONCAT",
                "CREATE",
                "WRITE",
                "SYNC",
                "CLOSE",
                "OPEN",
                "LENGTH",
                "SET_MODIFIED",
                "REPLACE"
            })
    void merge_failedOperation_isRecoveredAtOnce(Operation operation) {
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.ANSWER_LOST)) {
            store.paths().forEach(store::take);
            land(0, 1, 2, 3);
            List<Merge> merges = compactor(ANY).plan(100);
            store.fail(operation, 1, outcome);

            assertThatExceptionOfType(LandingException.class)
                    .isThrownBy(() -> compactor(ANY).merge(merges.get(0)))
                    .withMessageStartingWith("select.color-1: " + merges.get(0).result() + ": merging files failed: ");

            store.setFaults((any, path) -> Outcome.DONE);
            assertVisible(4);
            assertThat(store.hasOpenFiles()).isFalse();
            assertThat(store.paths())
                    .allMatch(path ->
                            LandedFile.parse(path.substring(VISIBLE.length())).isPresent());
            mergeAll();
            assertThat(store.paths()).hasSize(2);
            assertVisible(4);
        }
    }

    /** As with files in a snapshot, which HDFS does not concatenate. */
    @Test
    void mergeAll_afterARejectedMerge_performsTheOthers() {
        land(0, 1, 3, 4, 6, 7, 8);
        PartitionCompactor compactor = compactor(ANY);
        List<Merge> merges = compactor.plan(100);
        store.fail(Operation.CONCAT, 1, Outcome.FAILED);
        List<String> output = new ArrayList<>();

        List<Merge> merged = Compaction.mergeAll(PARTITION, compactor, merges, output::add);

        assertThat(merged).containsExactly(merges.get(1), merges.get(2));
        assertThat(output).hasSize(3);
        assertThat(output.get(0)).contains("merging files failed");
        assertThat(planned(ANY, 100)).containsExactly("0-1");
    }

    /** Otherwise each of two compactions would take over the merges of the other. */
    @Test
    void mergeAll_takenOverByAnotherCompaction_ends() {
        land(0, 1, 3, 4, 6);
        PartitionCompactor compactor = compactor(ANY);
        List<Merge> merges = compactor.plan(100);
        AtomicBoolean isTakenOver = new AtomicBoolean();
        store.setFaults((operation, path) -> {
            if (operation == Operation.CREATE && isTakenOver.compareAndSet(false, true)) {
                compactor(ANY).recover();
            }
            return Outcome.DONE;
        });
        List<String> output = new ArrayList<>();

        assertThat(Compaction.mergeAll(PARTITION, compactor, merges, output::add))
                .isEmpty();

        assertThat(output).hasSize(1);
        assertThat(planned(ANY, 100)).containsExactly("3-4");
    }

    @Test
    void mergeAll_withoutTheFileSystem_endsWithTheFirstFailure() {
        land(0, 1, 3, 4, 6);
        PartitionCompactor compactor = compactor(ANY);
        List<Merge> merges = compactor.plan(100);
        store.setFaults((operation, path) -> Outcome.FAILED);
        List<String> output = new ArrayList<>();

        assertThat(Compaction.mergeAll(PARTITION, compactor, merges, output::add))
                .isEmpty();

        assertThat(output).hasSize(1);
    }

    /** As with a space quota that the copy would exceed. */
    @Test
    void merge_copyCannotBeWritten_isReportedAndCompletedLater() {
        land(0, 1, 2, 3);
        List<Merge> merges = compactor(ANY).plan(100);
        store.setFaults((operation, path) -> operation == Operation.WRITE ? Outcome.FAILED : Outcome.DONE);

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> compactor(ANY).merge(merges.get(0)))
                .satisfies(
                        failure -> assertThat(Compaction.line(failure))
                                .isEqualTo(
                                        "select.color-1: " + merges.get(0).result()
                                                + ": merging files failed: no answer;"
                                                + " each record is visible once, and the next run without --dry-run recovers unfinished merges"));

        assertThat(store.paths()).noneMatch(path -> path.equals(VISIBLE + new LandedFile(PARTITION, 0, 0).name()));
        assertVisible(4);
        store.setFaults((any, path) -> Outcome.DONE);
        assertThat(compactor(ANY).recover()).isEqualTo(1);
        assertVisible(4);
    }

    @Test
    void recover_afterAKill_completesOrUndoesTheMerge() {
        for (Operation operation : List.of(Operation.CONCAT, Operation.REPLACE)) {
            for (Outcome outcome : List.of(Outcome.KILLED_BEFORE, Outcome.KILLED_AFTER)) {
                store.paths().forEach(store::take);
                land(0, 1, 2, 3);
                List<Merge> merges = compactor(ANY).plan(100);
                store.fail(operation, 1, outcome);
                assertThatExceptionOfType(Killed.class)
                        .isThrownBy(() -> compactor(ANY).merge(merges.get(0)));
                store.setFaults((any, path) -> Outcome.DONE);
                assertVisible(4);

                assertThat(compactor(ANY).recover()).isEqualTo(1);

                assertVisible(4);
                boolean merged = operation != Operation.CONCAT || outcome != Outcome.KILLED_BEFORE;
                assertThat(store.paths()).hasSize(merged ? 2 : 4);
                assertThat(compactor(ANY).recover()).isZero();
            }
        }
    }

    @Test
    void merge_fileMovedAwayBefore_changesNothing() {
        land(0, 1, 2, 3);
        List<Merge> merges = compactor(ANY).plan(100);
        store.take(VISIBLE + new LandedFile(PARTITION, 1, 1).name());

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> compactor(ANY).merge(merges.get(0)));

        assertThat(VisibleRecords.in(visible())).containsExactly(0L, 2L, 3L);
        assertThatCode(this::mergeAll).doesNotThrowAnyException();
        assertThat(VisibleRecords.in(visible())).containsExactly(0L, 2L, 3L);
    }

    // ---- helpers

    private PartitionCompactor compactor(Sizes sizes) {
        return new PartitionCompactor(store, LAYOUT, PARTITION, sizes);
    }

    private void mergeAll() {
        compactor(ANY).plan(100).forEach(compactor(ANY)::merge);
    }

    private void land(long... offsets) {
        for (long offset : offsets) {
            store.put(VISIBLE + new LandedFile(PARTITION, offset, offset).name(), VisibleRecords.lines(offset, offset));
        }
    }

    private List<String> planned(Sizes sizes, long committed) {
        return compactor(sizes).plan(committed).stream()
                .map(merge -> merge.files().get(0).landed().first() + "-"
                        + merge.files().get(merge.files().size() - 1).landed().last())
                .toList();
    }

    private Map<String, byte[]> visible() {
        return store.paths().stream()
                .filter(path -> path.startsWith(VISIBLE))
                .collect(Collectors.toMap(
                        path -> path.substring(VISIBLE.length()), store::read, (one, other) -> one, TreeMap::new));
    }

    private void assertVisible(long count) {
        assertThat(VisibleRecords.in(visible()))
                .isEqualTo(LongStream.range(0, count).boxed().toList());
    }
}
