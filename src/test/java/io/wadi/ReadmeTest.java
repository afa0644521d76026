package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.Features;
import io.wadi.runtime.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What README says of the settings and of CI is what holds. */
class ReadmeTest {
    @Test
    void configurationTable_holdsEverySettingAsDeclared() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| `wadi."))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        Features.settings().stream().map(ReadmeTest::row).toList());
    }

    private static String row(Setting<?> setting) {
        return "| `%s` | `%s` | %s |".formatted(setting.name(), setting.defaultText(), setting.description());
    }

    @Test
    void ci_callsTheTestCommandOfReadme() throws IOException {
        assertThat(Files.readString(Path.of("README.md"))).contains("`./wadi test`");
        assertThat(Files.readString(Path.of(".ci/run"))).endsWith("exec ./wadi test\n");
    }
}
