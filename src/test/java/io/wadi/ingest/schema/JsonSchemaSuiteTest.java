package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The official test suite of JSON Schema: each schema is checked as in production, and on a tree. */
final class JsonSchemaSuiteTest {
    private static final Path SUITE = Path.of("src/test/resources/json-schema-test-suite/draft2020-12");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Groups of tests with Unicode properties that Java's patterns do not support. */
    private static final Set<String> UNSUPPORTED_PATTERNS = Set.of(
            "patterns always use unicode semantics with pattern",
            "patterns always use unicode semantics with patternProperties",
            "pattern with Unicode property escape requires unicode mode",
            "patternProperties with Unicode property escape");

    private record Case(String name, EventSchema schema, NetworkntSchema tree, JsonNode event, boolean parse) {}

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(SUITE)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Case> cases(Path file) throws IOException {
        boolean formats = file.getParent().endsWith("format");
        List<Case> cases = new ArrayList<>();
        for (JsonNode group : JSON.readTree(file.toFile())) {
            String name = group.get("description").textValue();
            if (UNSUPPORTED_PATTERNS.contains(name)) {
                continue;
            }
            EventSchema schema = EventSchema.compile(group.get("schema").toString(), formats);
            NetworkntSchema tree =
                    new NetworkntSchema(group.get("schema"), formats ? Formats.CHECKED : Formats.IGNORED);
            for (JsonNode test : group.get("tests")) {
                cases.add(new Case(
                        name + ": " + test.get("description").textValue(),
                        schema,
                        tree,
                        test.get("data"),
                        test.get("valid").booleanValue()));
            }
        }
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> suite() throws IOException {
        return files().stream()
                .map(file -> DynamicTest.dynamicTest(SUITE.relativize(file).toString(), () -> {
                    List<Case> cases = cases(file);
                    assertThat(cases).isNotEmpty();
                    for (Case each : cases) {
                        assertThat(SchemaChecks.check(
                                                each.schema(), each.event().toString())
                                        == null)
                                .as(each.name())
                                .isEqualTo(each.parse());
                        assertThat(isValidTree(each))
                                .as(each.name() + ", as a tree")
                                .isEqualTo(each.parse());
                    }
                }));
    }

    private static boolean isValidTree(Case test) throws IOException {
        try (JsonParser parser = JSON.createParser(test.event().toString())) {
            parser.nextToken();
            Problem problem = test.tree().check(parser, key -> {});
            return problem == null;
        }
    }

    @Test
    void suiteSchemas_areMostlyCheckedWhileParsing() throws IOException {
        List<String> whileParsing = new ArrayList<>();
        for (Path file : files()) {
            cases(file).stream()
                    .filter(each -> each.schema().treeReason().isEmpty())
                    .forEach(each -> whileParsing.add(each.name()));
        }

        assertThat(whileParsing).hasSizeGreaterThan(850);
    }
}
