package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What README says of CI is what holds. */
class ReadmeTest {
    @Test
    void ci_callsTheTestCommandOfReadme() throws IOException {
        assertThat(Files.readString(Path.of("README.md"))).contains("`./wadi test`");
        assertThat(Files.readString(Path.of(".ci/run"))).endsWith("exec ./wadi test\n");
    }
}
