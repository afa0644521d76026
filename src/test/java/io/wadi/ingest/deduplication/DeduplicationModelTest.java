package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Nightly;
import io.wadi.testing.Program;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the model of deduplication: the protocol holds in every reachable state, and fails if a rule is left out. */
class DeduplicationModelTest {
    private static final String TWICE = "BROKEN: two events of an id are committed within the window";

    @BeforeAll
    static void requirePython() {
        assumeTrue(Program.isThere("python3"), "there is no python3 to run docs/models/deduplication-model.py");
    }

    @Test
    void protocol_holdsInEveryState() throws Exception {
        assertHolds(75_800, "--small");
    }

    @Test
    @Nightly(perChange = "DeduplicationModelTest#protocol_holdsInEveryState")
    void protocol_withMoreTransactions_holdsInEveryState() throws Exception {
        assertHolds(1_592_902);
    }

    @Test
    @Nightly(perChange = "DeduplicationModelTest#protocol_holdsInEveryState")
    void protocol_withTwoIds_holdsInEveryState() throws Exception {
        assertHolds(277_333, "--small", "--two-ids");
    }

    @Test
    @Nightly(perChange = "DeduplicationModelTest#protocol_holdsInEveryState")
    void protocol_withThreeMembers_holdsInEveryState() throws Exception {
        assertHolds(799_122, "--small", "--large");
    }

    /** An owner also accepts an event without an inbox record. */
    @Test
    @Nightly(perChange = "DeduplicationModelTest#protocol_holdsInEveryState")
    void protocol_withADirectEvent_holdsInEveryState() throws Exception {
        assertHolds(559_991, "--small", "--direct");
    }

    /** Restoration reads all answers of transactions that can still be committed, by either of two rules. */
    @ParameterizedTest
    @Nightly(perChange = "DeduplicationModelTest#protocol_holdsInEveryState")
    @ValueSource(strings = {"--receipts-first", "--offsets-early"})
    void protocol_withoutOneOfTwoAlternativeRules_holds(String without) throws Exception {
        Program.Ended ended = model("--small", without);
        assertThat(ended.output()).startsWith("holds in all ");
        assertThat(ended.code()).isZero();
    }

    @Test
    @Nightly(perChange = {"DeduplicationModelTest#protocol_holdsInEveryState", "DeduplicationSinkRandomTest"})
    void protocol_withoutBothAlternativeRules_fails() throws Exception {
        assertBreaks(TWICE, "--small", "--receipts-first", "--offsets-early");
    }

    @ParameterizedTest
    @Nightly(perChange = {"DeduplicationModelTest#protocol_holdsInEveryState", "DeduplicationSinkRandomTest"})
    @ValueSource(
            strings = {
                "--no-generation",
                "--restore-early",
                "--last-stable-offset",
                "--keep-state",
                "--answers-apart",
                "--wall-clock"
            })
    void protocol_withoutOneOfItsRules_storesTwice(String without) throws Exception {
        assertBreaks(TWICE, "--small", without);
        assertBreaks(TWICE, "--small", "--direct", without);
    }

    @ParameterizedTest
    @Nightly(perChange = {"DeduplicationModelTest#protocol_holdsInEveryState", "DeduplicationSinkRandomTest"})
    @CsvSource({
        "--remember-early, an answer names an event that is not committed",
        "--answer-uncommitted, an answer names an event that is not committed",
        "--no-timeout, the events can never be answered"
    })
    void protocol_withoutOneOfItsRules_givesWrongOrNoAnswers(String without, String broken) throws Exception {
        assertBreaks("BROKEN: " + broken, "--small", without);
    }

    private static void assertHolds(int states, String... options) throws Exception {
        Program.Ended ended = model(options);
        assertThat(ended.output()).startsWith("holds in all %d reachable states".formatted(states));
        assertThat(ended.code()).isZero();
    }

    private static void assertBreaks(String broken, String... options) throws Exception {
        Program.Ended ended = model(options);
        assertThat(ended.output().lines()).first().isEqualTo(broken);
        assertThat(ended.code()).isEqualTo(1);
    }

    private static Program.Ended model(String... options) throws Exception {
        return Program.attempt(
                Stream.concat(Stream.of("python3", "docs/models/deduplication-model.py"), Stream.of(options))
                        .toArray(String[]::new));
    }
}
