package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.MarkdownBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The settings and variables that the documentation assigns. */
final class DocumentedSettingsTest {
    private static final Path SETTINGS_REFERENCE = Path.of("docs/reference/configuration.md");

    /** Variables that are not settings, with the files that use them. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "WADI_MIRROR_A", // docker/mirror/*.properties
            "WADI_MIRROR_B");

    /** The setting of the example feature in docs/how-to/extend.md. */
    private static final String OTHER_SETTING = "wadi.counting.step";

    private static final Pattern VARIABLE = Pattern.compile("\\bWADI_[A-Z][A-Z_]++(?!…)");
    private static final Pattern ASSIGNMENT = Pattern.compile("(?m)(?:^|`)(wadi\\.[a-z0-9-]+\\.[a-z0-9.-]+)=");
    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `(wadi\\.[a-z0-9.-]+)`<br>");

    /** Checks blocks and text; {@code CHANGELOG.md} is omitted because it contains former names. */
    @Test
    void settings_exist() throws IOException {
        Set<String> settings = SETTING.matcher(Files.readString(SETTINGS_REFERENCE))
                .results()
                .map(each -> each.group(1))
                .collect(Collectors.toSet());
        Set<String> variables = settings.stream()
                .map(each -> each.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
                .collect(Collectors.toSet());
        assertThat(settings).hasSizeGreaterThan(150);
        for (Path page : MarkdownBlock.pages()) {
            if (!page.equals(Path.of("CHANGELOG.md"))) {
                String text = Files.readString(page);
                assertThat(VARIABLE.matcher(text).results().map(each -> each.group()))
                        .as(page.toString())
                        .allMatch(each -> variables.contains(each) || OTHER_VARIABLES.contains(each));
                assertThat(ASSIGNMENT.matcher(text).results().map(each -> each.group(1)))
                        .as(page.toString())
                        .allMatch(each -> settings.contains(each) || each.equals(OTHER_SETTING));
            }
        }
    }
}
