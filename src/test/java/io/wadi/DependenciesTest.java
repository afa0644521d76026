package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.spi.SLF4JServiceProvider;

/** Every version in docs/reference/dependencies.md is in the jar, so that no explanation refers to a former version. */
class DependenciesTest {
    private static final Pattern ROW = Pattern.compile("\\| `([^:`]+):([^`]+)` \\|.*");

    @Test
    void eachDocumentedDependency_isInTheJar() throws IOException {
        List<String> explained = Files.readAllLines(Path.of("docs/reference/dependencies.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> row.group(1) + "-" + row.group(2) + ".jar")
                .toList();

        assertThat(explained).isNotEmpty();
        assertThat(inTheJar()).containsAll(explained);
    }

    @Test
    void slf4j_hasOneProvider() {
        assertThat(ServiceLoader.load(SLF4JServiceProvider.class)).hasSize(1);
    }

    private static List<String> inTheJar() throws IOException {
        return Stream.of(Files.readString(Path.of("target/run.classpath")).split(":"))
                .map(path -> Path.of(path).getFileName().toString())
                .toList();
    }
}
