package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Nightly;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the model of the landing protocol in every reachable state, and that each of its rules is needed. */
class LandingModelTest {
    @BeforeAll
    static void requirePython() throws Exception {
        assumeTrue(python("-c", "").equals(""), "there is no python3 to run docs/models/landing-model.py");
    }

    @Test
    void protocol_holdsInEveryState() throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small"))
                .startsWith("holds in all 190079 reachable states");
    }

    @Test
    @Nightly(perChange = "LandingModelTest#protocol_holdsInEveryState")
    void protocol_withMoreOffsets_holdsInEveryState() throws Exception {
        assertThat(python("docs/models/landing-model.py")).startsWith("holds in all 1244017 reachable states");
    }

    @Test
    @Nightly(perChange = "PartitionLanderOriginTest")
    void protocol_withARecreatedTopic_holdsInEveryState() throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small", "--two-topics"))
                .startsWith("holds in all 554045 reachable states");
    }

    @Test
    @Nightly(perChange = "PartitionLanderOriginTest#open_recreatedTopic_isRejectedBeforeAnyChange")
    void protocol_withoutRecordedOrigins_fails() throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small", "--two-topics", "--unrecorded-origin"))
                .startsWith("BROKEN: ");
    }

    @Test
    @Nightly(perChange = "PartitionLanderRandomTest")
    void protocol_withAMarker_holdsInEveryState() throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small", "--marker"))
                .startsWith("holds in all 1025992 reachable states");
    }

    @Test
    @Nightly(perChange = "PartitionLanderRecoveryTest#open_commitAfterOffsetsWithoutRecords_beginsTheNextFileAtThem")
    void protocol_withoutTheEndOfTheLastFileInTheCommit_fails() throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small", "--marker", "--begin-at-committed"))
                .startsWith("BROKEN: ");
    }

    @ParameterizedTest
    @Nightly(perChange = {"LandingModelTest#protocol_holdsInEveryState", "PartitionLanderRecoveryTest"})
    @ValueSource(
            strings = {"--fence-first", "--committed-once", "--publish-ahead", "--commit-ahead", "--silent-directory"})
    void protocol_withoutOneOfItsRules_fails(String without) throws Exception {
        assertThat(python("docs/models/landing-model.py", "--small", without)).startsWith("BROKEN: ");
    }

    private static String python(String... arguments) throws InterruptedException {
        ProcessBuilder python = new ProcessBuilder("python3");
        python.command().addAll(List.of(arguments));
        try {
            Process process = python.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return output;
        } catch (IOException e) {
            return e.toString();
        }
    }
}
