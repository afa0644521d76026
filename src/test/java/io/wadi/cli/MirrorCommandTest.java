package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
