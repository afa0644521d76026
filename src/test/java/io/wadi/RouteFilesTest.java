package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of {@code routes/} and {@code examples/routes} documents its purpose, has a test, and refers only to beans
 * and error handling that exist.
 */
final class RouteFilesTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String SUFFIX = ".camel.yaml";
    private static final Pattern TEST = Pattern.compile("^#   test +(\\w+)$", Pattern.MULTILINE);

    static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String directory : List.of("routes", "examples/routes")) {
            try (Stream<Path> files = Files.list(Path.of(directory))) {
                files.sorted().forEach(all::add);
            }
        }
        return all;
    }

    static List<Path> filesWithRoutes() throws IOException {
        return files().stream().filter(file -> !stem(file).equals("errors")).toList();
    }

    @Test
    void files_haveTheSuffixThatWadiLoads() throws IOException {
        assertThat(files())
                .hasSizeGreaterThan(1)
                .allSatisfy(file -> assertThat(file.toString()).endsWith(SUFFIX));
        assertThat(files()).contains(Path.of("routes", "errors" + SUFFIX));
    }

    @ParameterizedTest
    @MethodSource("files")
    void header_startsWithTheFileNameAndPurpose(Path file) throws IOException {
        assertThat(Files.readString(file)).startsWith("# " + stem(file) + ": ");
        assertThat(Files.readAllLines(file).get(0)).hasSizeBetween(stem(file).length() + 15, 130);
    }

    @ParameterizedTest
    @MethodSource("filesWithRoutes")
    void header_documentsInputOutputErrorsAndTest(Path file) throws IOException {
        String header = header(file);

        assertThat(List.of("in", "out", "errors", "test"))
                .allSatisfy(key -> assertThat(header).containsPattern("(?m)^#   " + key + " +\\S"));
    }

    @ParameterizedTest
    @MethodSource("filesWithRoutes")
    void header_refersToAnExistingTest(Path file) throws IOException {
        Matcher named = TEST.matcher(header(file));

        assertThat(named.find()).as("one test class").isTrue();
        assertThat(isTestClass(named.group(1)))
                .as("src/test/java has %s", named.group(1))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("filesWithRoutes")
    void routes_haveAnIdAndADescription(Path file) throws IOException {
        JsonNode content = YAML.readTree(file.toFile());

        assertThat(routes(content)).isNotEmpty().allSatisfy(route -> {
            assertThat(route.path("id").asText()).matches("[a-z]+(-[a-z]+)*");
            assertThat(route.path("description").asText()).isNotBlank().doesNotEndWith(".");
        });
        assertThat(ids(content)).contains(stem(file));
    }

    @Test
    void ids_areUnique() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files()) {
            ids.addAll(YAML.readTree(file.toFile()).findValuesAsText("id"));
        }

        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void errorHandling_isReferencedOnlyIfItExists() throws IOException {
        List<String> used = new ArrayList<>();
        for (Path file : filesWithRoutes()) {
            used.addAll(YAML.readTree(file.toFile()).findValuesAsText("routeConfigurationId"));
        }
        JsonNode errors = YAML.readTree(Path.of("routes", "errors" + SUFFIX).toFile());

        assertThat(used).isNotEmpty();
        assertThat(errors.findValues("routeConfiguration"))
                .extracting(configuration -> configuration.path("id").asText())
                .containsExactlyInAnyOrderElementsOf(Set.copyOf(used));
    }

    @Test
    void beans_areBoundByWadi() throws Exception {
        Set<String> references = new TreeSet<>();
        for (Path file : files()) {
            collectReferences(YAML.readTree(file.toFile()), references);
        }

        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            assertThat(references)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(camel.getRegistry().lookupByName(name))
                            .as("the bean %s", name)
                            .isNotNull());
        }
    }

    /** Collects the names in {@code ref: name} and {@code "#name"}. */
    private static void collectReferences(JsonNode node, Set<String> found) {
        node.properties().forEach(field -> {
            if (field.getKey().equals("ref")) {
                found.add(field.getValue().asText());
            }
        });
        if (node.isTextual() && node.asText().matches("#[\\w-]+")) {
            found.add(node.asText().substring(1));
        }
        node.forEach(child -> collectReferences(child, found));
    }

    /** Returns routes and route templates; routes within templates need neither id nor description. */
    private static List<JsonNode> routes(JsonNode content) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry : content) {
            found.addAll(entry.has("routeTemplate") ? entry.findValues("routeTemplate") : entry.findValues("route"));
        }
        return found;
    }

    private static List<String> ids(JsonNode content) {
        return routes(content).stream().map(route -> route.path("id").asText()).toList();
    }

    /** Returns the comment block at the beginning of the file. */
    private static String header(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return String.join(
                "\n", lines.stream().takeWhile(line -> line.startsWith("#")).toList());
    }

    private static boolean isTestClass(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            return files.anyMatch(file -> file.endsWith(name + ".java"));
        }
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replace(SUFFIX, "");
    }
}
