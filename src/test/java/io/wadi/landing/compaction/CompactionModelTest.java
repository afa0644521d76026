package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Program;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the model of the compaction protocol in every reachable state, if python3 is installed. */
class CompactionModelTest {
    @BeforeAll
    static void python() {
        assumeTrue(Program.isThere("python3"), "there is no python3");
    }

    @Test
    void protocol_holdsInEveryReachableState() throws Exception {
        assertThat(check()).startsWith("holds in all ").hasLineCount(1);
    }

    /** The check fails if a step of the protocol is left out. */
    @ParameterizedTest
    @ValueSource(strings = {"--keep-directory", "--in-place", "--move-any"})
    void protocol_weakened_fails(String option) throws Exception {
        assertThat(check(option)).startsWith("VIOLATED: ");
    }

    private static String check(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "docs/models/compaction-model.py"));
        command.addAll(List.of(options));
        Program.Ended ended = Program.attempt(command.toArray(String[]::new));
        assertThat(ended.code()).isEqualTo(options.length == 0 ? 0 : 1);
        return ended.output();
    }
}
