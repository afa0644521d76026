package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Nightly;
import io.wadi.testing.Program;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the model of the landing protocol in every reachable state, and that each of its rules is needed. */
class LandingModelTest {
    @BeforeAll
    static void requirePython() {
        assumeTrue(Program.isThere("python3"), "there is no python3 to run docs/models/landing-model.py");
    }

    @Test
    void protocol_holdsInEveryState() throws Exception {
        assertHolds(190_079, "--small");
    }

    @Test
    @Nightly(perChange = "LandingModelTest#protocol_holdsInEveryState")
    void protocol_withMoreOffsets_holdsInEveryState() throws Exception {
        assertHolds(1_244_017);
    }

    @Test
    @Nightly(perChange = "PartitionLanderOriginTest")
    void protocol_withARecreatedTopic_holdsInEveryState() throws Exception {
        assertHolds(554_045, "--small", "--two-topics");
    }

    @Test
    @Nightly(perChange = "PartitionLanderOriginTest#open_recreatedTopic_isRejectedBeforeAnyChange")
    void protocol_withoutRecordedOrigins_fails() throws Exception {
        assertBreaks("--small", "--two-topics", "--unrecorded-origin");
    }

    @Test
    @Nightly(perChange = "PartitionLanderRandomTest")
    void protocol_withAMarker_holdsInEveryState() throws Exception {
        assertHolds(1_025_992, "--small", "--marker");
    }

    @Test
    @Nightly(perChange = "PartitionLanderRecoveryTest#open_commitAfterOffsetsWithoutRecords_beginsTheNextFileAtThem")
    void protocol_withoutTheEndOfTheLastFileInTheCommit_fails() throws Exception {
        assertBreaks("--small", "--marker", "--begin-at-committed");
    }

    @ParameterizedTest
    @Nightly(perChange = {"LandingModelTest#protocol_holdsInEveryState", "PartitionLanderRecoveryTest"})
    @ValueSource(
            strings = {"--fence-first", "--committed-once", "--publish-ahead", "--commit-ahead", "--silent-directory"})
    void protocol_withoutOneOfItsRules_fails(String without) throws Exception {
        assertBreaks("--small", without);
    }

    private static void assertHolds(int states, String... options) throws Exception {
        Program.Ended ended = model(options);
        assertThat(ended.output()).startsWith("holds in all %d reachable states".formatted(states));
        assertThat(ended.code()).isZero();
    }

    private static void assertBreaks(String... options) throws Exception {
        Program.Ended ended = model(options);
        assertThat(ended.output()).startsWith("BROKEN: ");
        assertThat(ended.code()).isEqualTo(1);
    }

    private static Program.Ended model(String... options) throws Exception {
        return Program.attempt(Stream.concat(Stream.of("python3", "docs/models/landing-model.py"), Stream.of(options))
                .toArray(String[]::new));
    }
}
