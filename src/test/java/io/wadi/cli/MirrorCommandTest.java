package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorCommandTest {
    @Test
    void mistakesOfAFile_areErrors(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("mirror.properties"), "clusters = A\n");

        CommandProcess check = TestedCommand.run("mirror", "check", file.toString(), "--json");

        assertThat(check.out()).isEmpty();
        assertThat(check.err()).isEqualTo(file + ": clusters=A: expected two or more aliases, separated by commas\n");
        assertThat(check.code()).isEqualTo(1);
    }

    /** Not 1, which means that the mirror has a problem. */
    @Test
    void missingFile_isAFailureOfTheCommand(@TempDir Path directory) throws Exception {
        for (Path file : List.of(directory.resolve("none"), directory)) {
            CommandProcess status = TestedCommand.run("mirror", "status", file.toString());

            assertThat(status.err()).isEqualTo(file + ": no such file, or it cannot be read\n");
            assertThat(status.code()).isEqualTo(2);
        }
    }
}
