package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ChildProcessTest {
    @Test
    void removedVariables_areNotInTheEnvironmentOfTheCommand() throws Exception {
        assertThat(System.getenv()).containsKeys("PATH", "HOME");

        ChildProcess process = ChildProcess.start(
                ChildProcess.withoutVariables(Pattern.compile("HOM.|PAT")),
                List.of("env"),
                Map.of("ADDED", "1"),
                Path.of("."),
                ProcessBuilder.Redirect.PIPE);

        assertThat(new String(process.output().readAllBytes(), UTF_8).lines())
                .contains("ADDED=1", "PATH=" + System.getenv("PATH"))
                .noneMatch(line -> line.startsWith("HOME="));
    }
}
