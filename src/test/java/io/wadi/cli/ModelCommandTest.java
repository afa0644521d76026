package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandTest {
    @Test
    void features_doNotReplaceAFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("payments.csv"), "content");

        assertThat(TestedCommand.run("model", "features", file.toString()))
                .isEqualTo(new CommandProcess(2, "", file + " exists: expected the name of a new file\n"));
        assertThat(file).hasContent("content");
    }

    /** Ids are from senders. */
    @Test
    void idWithSeparators_isOneQuotedField() {
        assertThat(ModelCommand.csv("p-1-000113393")).isEqualTo("p-1-000113393");
        assertThat(ModelCommand.csv("INV-7,2026")).isEqualTo("\"INV-7,2026\"");
        assertThat(ModelCommand.csv("x\r\ntrain,\"y\"")).isEqualTo("\"x\r\ntrain,\"\"y\"\"\"");
        assertThat(ModelCommand.csv("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(ModelCommand.csv("line\nbreak")).isEqualTo("\"line\nbreak\"");
    }
}
