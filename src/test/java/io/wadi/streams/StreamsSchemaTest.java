package io.wadi.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.wadi.runtime.config.SettingsException;
import io.wadi.streams.topology.TopologyDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON Schema for editors agrees with the parser: both accept or both reject a file with one change. */
public class StreamsSchemaTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A file with every keyword. */
    private static final String EVERYTHING = """
            description: All words
            application: mine
            threads: 2
            standbys: 1
            tables:
              a: {topic: ta, key: string, value: json}
              g: {topic: tg, global: true}
            flows:
              - name: one
                from: {topic: in, key: string, value: json}
                steps:
                  - filter: {simple: "${body}"}
                  - join: a
                  - join: {table: a, missing: skip}
                  - join: {table: g, on: {jsonpath: $.g}, missing: keep}
                  - map: {jq: "."}
                  - repartition: {partitions: 3}
                  - select-key: {jq: ".k", as: json}
                  - branch:
                      - when: {simple: "${body}"}
                        steps:
                          - window: {hopping: 10m, advance: 5m, grace: 1s, keep: 20m, emit: each}
                          - sum: {jsonpath: $.n}
                        to: {topic: out, value: long}
                      - steps:
                          - window: {sliding: 5s}
                          - aggregate: {n: {count: true}, a: {avg: {jq: .a}}, s: {min: {jq: .s}}, m: {max: {jq: .m}}}
                        to: {topic: {jq: .t}, among: [out, other], value: json}
              - {name: two, from: in, steps: [{window: {session: 5s}}, {count: true}], to: out}
              - name: four
                from: {topic: in, value: json}
                steps:
                  - every: {wall-clock: 10s, emit: all, max-keys: 5}
                  - every: {stream-time: 1m, emit: changes}
                  - deduplicate: {by: /id, within: 24h, max-ids: 5}
                  - process:
                      class: io.wadi.streams.topology.CountingProcessor
                      stores: [counts]
                      as: string
                      outputs: [{name: first, steps: [{map: {jq: .}}], to: out}, {name: repeated, to: other}]
              - {name: three, from: in, steps: [{window: {tumbling: 5s}}, {max: {jq: .}}], to: out}
            """;

    private static Schema schema;

    @BeforeAll
    static void read() throws IOException {
        schema = schema();
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(Files.readString(Path.of("docs", "streams-schema.json")));
    }

    static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>(List.of(EVERYTHING, "{topology: {bean: x}, threads: 1}"));
        for (Path file : ExamplesTest.files()) {
            texts.add(Files.readString(file));
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("texts")
    void validFile_isAcceptedBySchemaAndParser(String text) throws IOException {
        JsonNode file = YAML.readTree(text);

        assertThat(mistakesOfSchema(file)).isEmpty();
        assertThat(mistakesOfReader(file)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void misspelledKeyword_isRejectedBySchemaAndParser(String text) throws IOException {
        JsonNode file = YAML.readTree(text);
        int wrong = 0;
        for (JsonNode changed : changed(file, StreamsSchemaTest::misspell)) {
            boolean isWrong = !mistakesOfReader(changed).isEmpty();
            assertThat(!mistakesOfSchema(changed).isEmpty()).as("%s", changed).isEqualTo(isWrong);
            wrong += isWrong ? 1 : 0;
        }
        assertThat(wrong).as("all but the names that are free").isPositive();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void valueOfAnotherType_isRejectedBySchemaAndParser(String text) throws IOException {
        JsonNode file = YAML.readTree(text);
        for (JsonNode changed : changed(file, StreamsSchemaTest::turnIntoLists)) {
            assertThat(mistakesOfSchema(changed)).as("schema of %s", changed).isNotEmpty();
            assertThat(mistakesOfReader(changed)).as("reader of %s", changed).isNotEmpty();
        }
    }

    /** Only the parser checks combinations, such as a window and its count, or a branch without to. */
    @ParameterizedTest
    @MethodSource("texts")
    void fileAcceptedByTheParser_isValidForTheSchema_withAnyFieldOmitted(String text) throws IOException {
        JsonNode file = YAML.readTree(text);
        int accepted = 0;
        for (JsonNode changed : changed(file, StreamsSchemaTest::leaveOut)) {
            if (mistakesOfReader(changed).isEmpty()) {
                assertThat(mistakesOfSchema(changed)).as("%s", changed).isEmpty();
                accepted++;
            }
        }
        assertThat(accepted).as("all but the fields that are required").isPositive();
    }

    @Test
    void eachKeyword_isInTheExample() throws IOException {
        List<String> words = YAML.readTree(EVERYTHING).toString().lines().toList();
        JsonNode definitions =
                JSON.readTree(Path.of("docs", "streams-schema.json").toFile());

        assertThat(definitions.findValues("properties").stream()
                        .flatMap(properties -> properties.propertyStream().map(Map.Entry::getKey))
                        .filter(word -> !List.of("topology", "bean").contains(word))
                        .distinct())
                .allSatisfy(word -> assertThat(words).anyMatch(line -> line.contains("\"" + word + "\":")));
    }

    private static List<ObjectNode> misspell(ObjectNode object) {
        List<ObjectNode> changed = new ArrayList<>();
        object.propertyStream().forEach(field -> {
            ObjectNode copy = JSON.createObjectNode();
            object.propertyStream()
                    .forEach(each -> copy.set(
                            each.getKey().equals(field.getKey()) ? each.getKey() + "?" : each.getKey(),
                            each.getValue()));
            changed.add(copy);
        });
        return changed;
    }

    private static List<ObjectNode> turnIntoLists(ObjectNode object) {
        return replaced(
                object,
                value -> value.isArray()
                        ? JSON.createObjectNode()
                        : JSON.createArrayNode().add(value));
    }

    private static List<ObjectNode> replaced(ObjectNode object, UnaryOperator<JsonNode> replacement) {
        List<ObjectNode> changed = new ArrayList<>();
        object.propertyStream().forEach(field -> {
            ObjectNode copy = object.deepCopy();
            copy.set(field.getKey(), replacement.apply(field.getValue()));
            changed.add(copy);
        });
        return changed;
    }

    private static List<ObjectNode> leaveOut(ObjectNode object) {
        List<ObjectNode> changed = new ArrayList<>();
        object.propertyStream().forEach(field -> {
            ObjectNode copy = object.deepCopy();
            copy.remove(field.getKey());
            changed.add(copy);
        });
        return changed;
    }

    private static List<JsonNode> changed(JsonNode node, Function<ObjectNode, List<ObjectNode>> change) {
        List<JsonNode> all = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            all.addAll(change.apply(object));
            object.propertyStream().forEach(field -> {
                for (JsonNode inner : changed(field.getValue(), change)) {
                    ObjectNode copy = object.deepCopy();
                    copy.set(field.getKey(), inner);
                    all.add(copy);
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                for (JsonNode inner : changed(array.get(i), change)) {
                    ArrayNode copy = array.deepCopy();
                    copy.set(i, inner);
                    all.add(copy);
                }
            }
        }
        return all;
    }

    /** Returns the mistakes that the schema finds in a file. */
    public static List<String> mistakes(String yaml) throws IOException {
        return mistakesOf(schema(), YAML.readTree(yaml));
    }

    private static List<String> mistakesOfSchema(JsonNode file) {
        return mistakesOf(schema, file);
    }

    private static List<String> mistakesOf(Schema schema, JsonNode file) {
        return schema.validate(file).stream().map(Error::toString).toList();
    }

    private static List<String> mistakesOfReader(JsonNode file) throws IOException {
        try {
            TopologyDriver.read("test", YAML.writeValueAsString(file), Map.of());
            return List.of();
        } catch (SettingsException e) {
            return e.mistakes();
        }
    }
}
