package io.wadi.extension.connectors.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.hdfs.InputFileOffset.State;
import io.wadi.hdfs.InputDirectory.Entry;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurveyTest {
    private static final FileNames NAMES = new FileNames("*.jsonl*", List.of("._COPYING_", ".tmp"));
    private static final long ID = 16_388;

    private final Map<Long, InputFileOffset> offsets = new HashMap<>();

    private static Entry file(long id, String name) {
        return new Entry(name, id, false, 10, Instant.ofEpochSecond(1_000_000 - id));
    }

    private Survey survey(Entry... files) {
        Survey survey = new Survey(NAMES, offsets);
        List.of(files).forEach(survey::add);
        return survey;
    }

    private void known(State state) {
        offsets.put(ID, InputFileOffset.beginning("/in/a.jsonl", 10).to(4, 2, state));
    }

    @Test
    void files_areReadOldestFirst() {
        assertThat(survey(file(1, "new.jsonl"), file(3, "old.jsonl"), file(2, "a.jsonl"))
                        .inputs())
                .extracting(Entry::name)
                .containsExactly("old.jsonl", "a.jsonl", "new.jsonl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_a.jsonl",
                ".a.jsonl",
                "a.jsonl._COPYING_",
                "a.jsonl.tmp",
                "a.csv",
                "a.jsonl.read",
                "a.jsonl.failed",
                "_a.jsonl.opened",
                "a.csv.opened"
            })
    void foreignFileNames_areIgnored(String name) {
        Survey survey = survey(file(ID, name));

        assertThat(survey.inputs()).isEmpty();
        assertThat(survey.renames()).isEmpty();
    }

    @Test
    void directories_areIgnored() {
        assertThat(survey(new Entry("a.jsonl", ID, true, 0, Instant.EPOCH)).inputs())
                .isEmpty();
    }

    @Test
    void partlyReadFileWithItsOriginalName_isAnInput() {
        known(State.READING);

        Survey survey = survey(file(ID, "a.jsonl"));

        assertThat(survey.inputs()).hasSize(1);
        assertThat(survey.ended()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jsonl.opened", "a.jsonl.released", "a.jsonl.16388.retry.opened"})
    void abandonedClaim_isRenamedForARetry_withItsFileId(String name) {
        Survey survey = survey(file(ID, name));

        assertThat(survey.renames()).containsExactly(new Survey.Rename(file(ID, name), "a.jsonl.16388.retry", false));
        assertThat(survey.inputs()).isEmpty();
        assertThat(survey(file(ID, "a.jsonl.16388.retry")).inputs()).hasSize(1);
    }

    @Test
    void retryName_belongsOnlyToTheFileWithItsId() {
        assertThat(FileNames.original(file(ID, "a.jsonl.16388.retry"))).isEqualTo("a.jsonl");
        assertThat(FileNames.original(file(7, "a.jsonl.16388.retry"))).isEqualTo("a.jsonl.16388.retry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jsonl", "a.jsonl.opened", "a.jsonl.released", "a.jsonl.16388.retry"})
    void finishedFile_isRenamedToItsFinalName_fromAnyIntermediateName(String name) {
        known(State.READ);
        assertThat(survey(file(ID, name)).renames())
                .containsExactly(new Survey.Rename(file(ID, name), "a.jsonl.read", true));

        known(State.FAILED);
        assertThat(survey(file(ID, name)).renames())
                .containsExactly(new Survey.Rename(file(ID, name), "a.jsonl.failed", true));
    }

    @Test
    void finishedFile_isForgotten_onceRenamedOrMissing() {
        known(State.READ);

        assertThat(survey(file(ID, "a.jsonl.read")).ended()).containsExactly(ID);
        assertThat(survey(file(ID, "a.jsonl.16388.read")).ended()).containsExactly(ID);
        assertThat(survey().ended()).containsExactly(ID);
        assertThat(survey(file(ID, "a.jsonl.released")).ended()).isEmpty();
    }

    /** A new file with the same name has another file id. */
    @Test
    void newFileWithTheNameOfAFinishedOne_isAnInput() {
        known(State.READ);

        Survey survey = survey(file(ID, "a.jsonl.read"), file(7, "a.jsonl"));

        assertThat(survey.inputs()).extracting(Entry::id).containsExactly(7L);
    }

    @Test
    void manyFiles_areListedInParts() {
        Survey survey = new Survey(NAMES, offsets);
        for (int i = 0; i < 5000; i++) {
            survey.add(file(i, i + ".jsonl"));
        }

        assertThat(survey.inputs())
                .hasSize(1000)
                .first()
                .extracting(Entry::name)
                .isEqualTo("4999.jsonl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b.jsonl", "a*.jsonl", "a?.jsonl", "a[1].jsonl", "{a}.jsonl", "100%.jsonl", "a\\b", "\"a\""})
    void namesThatCamelHdfsMisreads_areNotClaimable(String name) {
        assertThat(FileNames.isClaimable(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a.jsonl", "part-00000-1b9c.c000.snappy.parquet", "주문.jsonl", "a+b=c,d;e&f@g!.jsonl", "a#1"})
    void ordinaryNames_areClaimable(String name) {
        assertThat(FileNames.isClaimable(name)).isTrue();
    }

    @Test
    void offset_roundTripsThroughText() {
        InputFileOffset offset = new InputFileOffset("/in/\"a\" \\b.jsonl", 1L << 40, 1L << 39, 77, State.FAILED);

        assertThat(InputFileOffset.of(offset.text())).isEqualTo(offset);
    }

    @Test
    void existingFinalName_getsTheFileIdBeforeItsSuffix() {
        assertThat(FileNames.numbered("a.jsonl.read", ID)).isEqualTo("a.jsonl.16388.read");
    }
}
