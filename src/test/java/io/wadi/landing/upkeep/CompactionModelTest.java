package io.wadi.landing.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compaction's protocol in every order of events, where there is a python3 to check it. */
class CompactionModelTest {
    @BeforeAll
    static void python() throws InterruptedException {
        boolean found;
        try {
            found = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            found = false;
        }
        assumeTrue(found, "there is no python3");
    }

    @Test
    void protocol_holdsInEveryReachableState() throws Exception {
        assertThat(check()).startsWith("holds in all ").hasLineCount(1);
    }

    /** Without what the protocol asks for, the model finds how it fails: it is able to. */
    @ParameterizedTest
    @ValueSource(strings = {"--keep-directory", "--in-place", "--move-any"})
    void protocol_weakened_fails(String option) throws Exception {
        assertThat(check(option)).startsWith("VIOLATED: ");
    }

    private static String check(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "docs/models/compaction-model.py"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(options.length == 0 ? 0 : 1);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
