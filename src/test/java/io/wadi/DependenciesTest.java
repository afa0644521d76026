package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.spi.SLF4JServiceProvider;

/** Documented versions are those of the build, so that no explanation refers to a former version. */
class DependenciesTest {
    private static final Pattern ROW = Pattern.compile("\\| `([^:`]+):([^`]+)` \\|.*");
    private static final Pattern VERSION = Pattern.compile("<([\\w.-]+\\.version)>([^<]+)</");
    private static final Pattern CAMEL_CLI = Pattern.compile("camel[/-](?:camel-|version=)(\\d[\\d.]*\\d)");

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
    void benchmarks_haveTheSameVersions() throws IOException {
        Map<String, String> own = versions(Path.of("pom.xml"));
        Map<String, String> benchmarks = versions(Path.of("src/bench/subjects/pom.xml"));

        assertThat(own).containsKey("camel.version");
        assertThat(benchmarks).containsKey("camel.version");
        own.keySet().retainAll(benchmarks.keySet());
        assertThat(benchmarks).containsAllEntriesOf(own);
    }

    @Test
    void documentedCamelVersion_isThatOfTheJar() throws IOException {
        String camel = versions(Path.of("pom.xml")).get("camel.version");

        assertThat(CAMEL_CLI
                        .matcher(Files.readString(Path.of("docs/how-to/routes.md")))
                        .results())
                .extracting(each -> each.group(1))
                .hasSize(2)
                .containsOnly(camel);
        assertThat(Path.of("docs/reference/dependencies.md")).content().contains("Camel " + camel + " and ");
        assertThat(Path.of("docs/reference/support.md"))
                .content()
                .containsPattern("\\| Camel \\| [\\d.]+ \\| \\Q" + camel + "\\E \\|");
        assertThat(inTheJar()).contains("camel-main-" + camel + ".jar");
    }

    @Test
    void slf4j_hasOneProvider() {
        assertThat(ServiceLoader.load(SLF4JServiceProvider.class)).hasSize(1);
    }

    private static Map<String, String> versions(Path pom) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        VERSION.matcher(Files.readString(pom)).results().forEach(each -> versions.put(each.group(1), each.group(2)));
        return versions;
    }

    private static List<String> inTheJar() throws IOException {
        return Stream.of(Files.readString(Path.of("target/run.classpath")).split(":"))
                .map(path -> Path.of(path).getFileName().toString())
                .toList();
    }
}
