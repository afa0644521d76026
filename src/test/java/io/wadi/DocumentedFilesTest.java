package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.kafka.topics.Topics;
import io.wadi.metrics.alerts.AlertRules;
import io.wadi.streams.StreamsSchemaTest;
import io.wadi.testing.MarkdownBlock;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Excerpts of files in the documentation are valid: routes, topics, keys and settings. {@code DocumentedCommandsTest}
 * tests the commands, {@code DocumentedSettingsTest} the names of settings.
 */
final class DocumentedFilesTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = new JsonMapper();

    /** Blocks of program code, with the test that runs them or the reason why none does. */
    private static final Map<String, String> PROGRAMS = Map.of(
            "docs/how-to/extend.md java", "FeatureJarIT compiles and runs it",
            "docs/getting-started/consumer-semantics.md java", "ConsumerSemanticsIT compiles and runs it",
            "docs/how-to/card-payments.md python", "needs scikit-learn; PmmlReaderTest reads what it exports",
            "docs/how-to/send-events.md python", "needs Python; KafkaRestRouteIT sends such requests",
            "docs/how-to/send-events.md js",
                    "needs Node.js and external clients; CloudEventsSdkTest and KafkaRestRouteIT send such requests",
            "docs/how-to/send-events.md html", "SnippetIT runs /wadi.js in a browser");

    static List<MarkdownBlock> yaml() throws IOException {
        return blocks("yaml");
    }

    static List<MarkdownBlock> json() throws IOException {
        return blocks("json");
    }

    static List<MarkdownBlock> properties() throws IOException {
        return blocks("properties");
    }

    private static List<MarkdownBlock> blocks(String language) throws IOException {
        List<MarkdownBlock> blocks = new ArrayList<>();
        for (Path page : MarkdownBlock.pages()) {
            MarkdownBlock.of(page).stream()
                    .filter(block -> block.language().equals(language))
                    .forEach(blocks::add);
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void yamlBlocks_areValid(MarkdownBlock block) throws IOException {
        String text = block.text();
        String content = text.lines()
                .filter(line -> !line.strip().startsWith("#"))
                .findFirst()
                .orElse("")
                .strip();
        if (content.isEmpty()) {
            assertThat(text).startsWith("# yaml-language-server: $schema=../docs/route-schema.json");
        } else if (content.matches("- (route|templatedRoute):.*")) {
            assertThat(RouteSchemaTest.mistakes(text)).isEmpty();
        } else if (content.startsWith("- {simple:")) {
            assertThat(RouteSchemaTest.mistakes(withBranch(text))).isEmpty();
        } else if (content.startsWith("- to:")) {
            assertThat(RouteSchemaTest.mistakes("- from:\n    uri: direct:a\n    steps:\n" + text.indent(6)))
                    .isEmpty();
        } else if (content.matches("(from: \\{|description:).*")) {
            assertThat(StreamsSchemaTest.mistakes(text)).isEmpty();
        } else if (content.startsWith("- alert:")) {
            AlertRules.parse(Files.readString(Path.of("alerts.yaml")) + text);
        } else if (content.startsWith("- {name:")) {
            Topics.parse(Files.readString(Path.of("topics.yaml")) + text);
        } else if (content.startsWith("topics:")) {
            Topics.parse(text);
        } else if (content.startsWith("partitioner:")) {
            Topics.parse("topics:\n  - name: a\n    partitions: 3\n" + text);
        } else if (content.startsWith("keys:")) {
            ApiKeys.parse(text.replace("9f2c…", "0".repeat(64)).getBytes(UTF_8));
        } else {
            assertThat(block.page())
                    .as("a block of a kind that this test supports: %s", block)
                    .isEqualTo(Path.of("docs/reference/alerts.md"));
            assertThat(alertNames()).containsAll(alertNames(YAML.readTree(text)));
        }
    }

    /** Returns the shipped metrics routes with an additional branch, at the indentation of the page. */
    private static String withBranch(String branch) throws IOException {
        String routes = Files.readString(Path.of("routes/server-metrics.camel.yaml"));
        String first = branch.substring(0, branch.indexOf('-')) + "- simple:";
        assertThat(routes).contains("\n" + first);
        return routes.replaceFirst("\n" + first, "\n" + Matcher.quoteReplacement(branch) + first);
    }

    private static List<String> alertNames() throws IOException {
        return YAML.readTree(Path.of("alerts.yaml").toFile()).findValuesAsText("alert");
    }

    /** Returns the alert names in an Alertmanager file. */
    private static List<String> alertNames(JsonNode alertmanager) {
        List<String> names = new ArrayList<>();
        for (String key : List.of("matchers", "source_matchers", "target_matchers")) {
            alertmanager
                    .findValues(key)
                    .forEach(list -> list.forEach(each -> {
                        if (each.asText().startsWith("alertname")) {
                            names.add(each.asText().replaceAll("alertname!?=\"(.*)\"", "$1"));
                        }
                    }));
        }
        assertThat(names).isNotEmpty();
        return names;
    }

    @ParameterizedTest
    @MethodSource("json")
    void jsonBlocks_areValid(MarkdownBlock block) throws IOException {
        try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(block.text())) {
            assertThat(values.readAll()).as(block.toString()).isNotEmpty();
        }
    }

    /** A comment after a value would be part of the value. */
    @ParameterizedTest
    @MethodSource("properties")
    void propertiesBlocks_containDeclaredSettings(MarkdownBlock block) throws IOException {
        String reference = Files.readString(Path.of("docs/reference/configuration.md"));
        Properties read = new Properties();
        read.load(new StringReader(block.text()));

        assertThat(read).isNotEmpty().allSatisfy((name, value) -> {
            assertThat(name.toString())
                    .satisfiesAnyOf(
                            setting -> assertThat(reference).contains("| `" + setting + "`<br>"),
                            component -> assertThat(component).startsWith("camel.component."));
            assertThat(value.toString()).doesNotContain(" #");
        });
    }

    @Test
    void programBlocks_areTheListedOnes() throws IOException {
        List<String> programs = new ArrayList<>();
        for (String language : List.of("java", "python", "js", "html")) {
            blocks(language).forEach(block -> programs.add(block.page() + " " + language));
        }

        assertThat(programs).hasSameElementsAs(PROGRAMS.keySet());
    }
}
