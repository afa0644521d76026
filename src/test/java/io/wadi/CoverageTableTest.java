package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/explanation/coverage.md} names tests that exist, in each row one on real servers. */
class CoverageTableTest {
    private static final Path TABLE = Path.of("docs/explanation/coverage.md");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))`");

    @Test
    void eachRow_refersToExistingTests() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.map(each -> each.getFileName().toString())
                    .filter(each -> each.matches("\\w+(IT|Test)\\.java"))
                    .map(each -> each.substring(0, each.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
        List<String> rows = Files.readAllLines(TABLE).stream()
                .filter(each -> each.matches("\\| \\d+ \\|.*"))
                .toList();

        assertThat(rows).hasSize(36).allSatisfy(row -> {
            List<String> named =
                    TEST.matcher(row).results().map(each -> each.group(1)).toList();
            assertThat(named).anyMatch(each -> each.endsWith("IT"));
            assertThat(tests).containsAll(named);
        });
    }
}
