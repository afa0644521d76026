package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.apache.kafka.connect.runtime.rest.entities.ConfigKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Valid and hostile configurations of connectors with the shipped templates. Kafka Connect's own classes parse the
 * results.
 */
final class ConnectorPluginsTest extends ConnectorPluginsTestSupport {
    private static final List<String> HOSTILE = List.of(
            "{{wadi.database.password}}",
            "{{env:SHOP_PASSWORD}}",
            "x{{?secret}}",
            "#bean",
            "#class:java.lang.Runtime",
            "#bean:wadi",
            "RAW(x)",
            "RAW{x}",
            "x)&brokers=evil:9092",
            "x&exchangePattern=InOut",
            "x?exchangePattern=InOnly",
            "x%26brokers%3Devil",
            "x;y",
            "${env.PATH}",
            "${bean:wadi}",
            "$simple{body}",
            "x\ny",
            "x\n- route: {id: evil, from: {uri: 'timer:x'}}",
            "x\r",
            "\nx",
            " x",
            "x ",
            "x\", value: \"y",
            "x'y",
            "x}\n",
            "x\\y",
            "x\u0000",
            "x\u0085y",
            "x\u2028y",
            "*alias",
            "&anchor",
            "!!javax.script.ScriptEngineManager",
            "!tag",
            "<b>",
            "ref:bean",
            "classpath:application.properties",
            "file:/etc/passwd",
            "https://example.com/",
            "jdbc:postgresql://evil/",
            "..",
            "../x",
            "/in/../etc",
            "/etc/passwd",
            "x".repeat(1001),
            "x".repeat(100_000));

    @ParameterizedTest
    @MethodSource("templates")
    void config_withAllParameters_isValid_andRoundTripsThroughItsFile(String template) throws Exception {
        Map<String, String> config = full(template);

        ConfigInfos result = validated(template, config);

        assertThat(result.errorCount()).isZero();
        assertThat(result.configs()).hasSize(config.size()).allSatisfy(each -> {
            assertThat(each.configValue().errors()).isEmpty();
            assertThat(each.configValue().value())
                    .isEqualTo(config.get(each.configValue().name()));
            assertThat(each.configKey().name()).isEqualTo(each.configValue().name());
        });
        plugins.check(config);
        Map<String, String> read = ConnectorFile.parse(ConnectorFile.render(config));
        if (template.endsWith("-to-topic")) {
            config.put("tasks.max", "1");
        }
        assertThat(read).isEqualTo(config);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void hostileValue_isInvalidInEachParameter(String template) throws Exception {
        List<String> accepted = new ArrayList<>();
        for (String parameter : full(template).keySet()) {
            if (parameter.equals("connector.class")) {
                continue;
            }
            for (String hostile : HOSTILE) {
                if (parameter.equals("pattern") && hostile.equals("*alias")) {
                    // The parameter is a pattern of names.
                    continue;
                }
                Map<String, String> config = full(template);
                config.put(parameter, hostile);
                if (validated(template, config).errorCount() != 1) {
                    accepted.add(parameter + "=" + hostile);
                }
                assertThatThrownBy(() -> plugins.check(config))
                        .as(parameter + "=" + hostile)
                        .isInstanceOfSatisfying(
                                ConnectException.class,
                                e -> assertThat(e.status()).isEqualTo(400))
                        .hasMessageContaining("Invalid value", parameter)
                        .hasMessageNotContainingAny("x".repeat(1000));
            }
        }
        assertThat(accepted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "databaseUrl",
                "databaseUser",
                "databasePassword",
                "group",
                "consumers",
                "transforms",
                "transforms.mask.type",
                "routeId",
                "nope",
                "a\nb"
            })
    void parameterNotAllowedInRequests_isUndefined(String name) throws Exception {
        Map<String, String> config = full("topic-to-database");
        config.put(name, "hunter2");

        ConfigInfos result = validated("topic-to-database", config);

        assertThat(result.errorCount()).isOne();
        assertThat(result.configs()).anySatisfy(each -> {
            assertThat(each.configKey()).isNull();
            assertThat(each.configValue().name()).isEqualTo(name);
            assertThat(each.configValue().errors()).containsExactly("Configuration is not defined: " + name);
            assertThat(each.configValue().value()).isEqualTo(name.equals("databasePassword") ? "[hidden]" : "hunter2");
        });
        assertThatThrownBy(() -> plugins.check(config))
                .hasMessageContaining("contains the following 1 error(s):\nConfiguration is not defined: " + name)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"landing", "kafka", "../file-to-topic", "", "#class:x", "org.apache.camel.component.kafka"})
    void unknownTemplate_isRejected(String template) {
        Map<String, String> config = full("file-to-topic");
        config.put("connector.class", template);

        assertThatThrownBy(() -> plugins.check(config))
                .hasMessageStartingWith("Failed to find any class that implements Connector and which name matches ")
                .hasMessageContaining(
                        "database-to-topic, file-to-topic, hdfs-to-topic, topic-to-database, topic-to-file");
        assertThatThrownBy(() -> plugins.validation("file-to-topic", config))
                .hasMessageContaining("does not match request type file-to-topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "a b", ".hidden", "-x", "a\n", "ä", "{{x}}", "x#y"})
    void invalidFileName_isInvalidAsAName(String name) {
        Map<String, String> config = full("file-to-topic");
        config.put("name", name);

        assertThatThrownBy(() -> plugins.check(config))
                .hasMessageContaining("for configuration name: expected 1 to 100");
    }

    @Test
    void missingValue_isAnErrorWithoutADefault() throws Exception {
        ConfigInfos result = validated("topic-to-database", Map.of("name", "a", "topic", ""));

        assertThat(result.errorCount()).isEqualTo(2);
        assertThat(result.configs())
                .filteredOn(each -> !each.configValue().errors().isEmpty())
                .extracting(each -> each.configValue().errors().get(0))
                .containsExactlyInAnyOrder(
                        "Missing required configuration \"topic\" which has no default value.",
                        "Missing required configuration \"table\" which has no default value.");
    }

    @ParameterizedTest
    @CsvSource({
        "hdfs-to-topic, ignoredSuffixes, ''",
        "file-to-topic, schema, ''",
        "hdfs-to-topic, pattern, 'Invalid value  for configuration pattern: expected a pattern of names such as *.jsonl'",
        "topic-to-file, batch, 'Invalid value  for configuration batch: expected a whole number from 1 to 10000'",
        "topic-to-file, tasks.max, 'Invalid value  for configuration tasks.max: expected a whole number from 1 to 16'",
        "topic-to-file, lines, 'Invalid value  for configuration lines: expected raw, json or string'"
    })
    void emptyValue_isApplied_orInvalid(String template, String name, String error) throws Exception {
        Map<String, String> config = full(template);
        config.put(name, "");

        assertThat(validated(template, config).configs())
                .flatExtracting(each -> each.configValue().errors())
                .isEqualTo(error.isEmpty() ? List.of() : List.of(error));
        if (error.isEmpty()) {
            assertThat(ConnectorFile.render(config)).contains("{name: \"%s\", value: \"\"}".formatted(name));
        }
    }

    @Test
    void internalTopics_areInvalidTargets() throws Exception {
        for (String topic : List.of("__consumer_offsets", "wadi.positions", "wadi.dead-letter", "a,b")) {
            Map<String, String> config = full("file-to-topic");
            config.put("topic", topic);
            assertThat(validated("file-to-topic", config).errorCount())
                    .as(topic)
                    .isOne();
        }
        Map<String, String> config = full("topic-to-file");
        config.put("topic", "a,__consumer_offsets");
        assertThat(validated("topic-to-file", config).errorCount()).isOne();
        config.put("topic", "wadi.dead-letter");
        plugins.check(config);
    }

    @Test
    void numberOutOfRange_isInvalid() throws Exception {
        Map<String, String> config = full("file-to-topic");
        config.putAll(
                Map.of("rows", "10001", "every", "1ms", "longestLine", "1GiB", "tasks.max", "17", "lines", "xml"));

        assertThat(validated("file-to-topic", config).errorCount()).isEqualTo(5);
    }

    @Test
    void sizeAndDurationThatOverflow_areInvalid() throws Exception {
        Map<String, String> config = full("file-to-topic");
        config.putAll(Map.of("longestLine", "999999999999999GiB", "every", "999999999999999d"));

        assertThat(validated("file-to-topic", config).errorCount()).isEqualTo(2);
    }

    @Test
    void fileThatTopicsWouldShare_isInvalid() throws Exception {
        assertThat(errorsOf("topic-to-file", "file", in + "/shared+{partition}.jsonl"))
                .isOne();
        Map<String, String> config = full("topic-to-file");
        config.putAll(Map.of("file", in + "/shared+{partition}.jsonl", "topic", "shop.log"));
        plugins.check(config);
    }

    private static long errorsOf(String template, String parameter, String path) throws Exception {
        Map<String, String> config = full(template);
        config.put(parameter, path);
        return validated(template, config).errorCount();
    }

    @Test
    void pathOutsideTheAllowedDirectories_isInvalid_alsoThroughSymbolicLinks() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(in.resolve("link"), outside);
        Files.createSymbolicLink(in.resolve("dangling"), directory.resolve("missing"));
        Files.createSymbolicLink(in.resolve("file.log"), outside.resolve("file.log"));

        assertThat(errorsOf("file-to-topic", "files", in + "/deep/er/x*")).isZero();
        for (String path : List.of(
                outside + "/x*",
                in + "/link/x*",
                in + "/dangling/x*",
                in + "/../outside/x*",
                in + "-2/x*",
                in + "/*/x",
                "in/x",
                "/*")) {
            assertThat(errorsOf("file-to-topic", "files", path)).as(path).isOne();
        }
        for (String path : List.of(in + "/file.log", in + "/link/{topic}", "/{topic}", in + "/{x}", in + "/*.log")) {
            assertThat(errorsOf("topic-to-file", "file", path)).as(path).isOne();
        }
        assertThat(errorsOf("file-to-topic", "files", in + "/file*")).isOne();
        // Braces in a pattern enclose alternatives, one of which may be the name of a link.
        assertThat(errorsOf("file-to-topic", "files", in + "/{file.log,x}")).isOne();
        assertThat(errorsOf("file-to-topic", "files", in + "/other*")).isZero();
        Files.createSymbolicLink(in.resolve("shop.log"), outside);
        Files.createDirectory(in.resolve("own"));
        Files.createSymbolicLink(in.resolve("own/3"), outside.resolve("3"));
        assertThat(errorsOf("topic-to-file", "file", in + "/{topic}/{partition}"))
                .isOne();
        assertThat(errorsOf("topic-to-file", "file", in + "/own/{partition}")).isOne();
        assertThat(errorsOf("topic-to-file", "file", in + "/own/{topic}+{partition}"))
                .isZero();
        assertThat(errorsOf("hdfs-to-topic", "directory", HDFS)).isZero();
        for (String path : List.of("/", "/data", "/in2", "/in/../data", "/in//x", "/in/./x", "hdfs://other/in")) {
            assertThat(errorsOf("hdfs-to-topic", "directory", path)).as(path).isOne();
        }
    }

    @Test
    void path_withoutAllowedDirectories_isInvalid_withTheSettingToUse() {
        ConnectorPlugins none = new ConnectorPlugins(CONTEXT, AllowedDirectories.of("", " , "));

        assertThatThrownBy(() -> none.check(full("file-to-topic")))
                .hasMessageContaining("(there is none), by wadi.connector-api.directories");
        assertThatThrownBy(() -> none.check(full("hdfs-to-topic")))
                .hasMessageContaining("by wadi.connector-api.hdfs-directories");
    }

    @Test
    void definitions_haveKafkaConnectsFormat() throws Exception {
        JsonNode definitions = plugins.definitions("topic-to-file");

        ConfigKeyInfo[] read = JSON.treeToValue(definitions, ConfigKeyInfo[].class);
        assertThat(read)
                .extracting(ConfigKeyInfo::name)
                .containsExactly(
                        "name", "connector.class", "tasks.max", "topic", "file", "lines", "value", "schema", "batch");
        assertThat(read)
                .filteredOn(ConfigKeyInfo::required)
                .extracting(ConfigKeyInfo::name)
                .containsExactly("name", "connector.class", "topic", "file");
        assertThat(definitions.toString()).doesNotContain("{{");
    }

    @Test
    void file_isMarked_andReadByItsOwnGroup() {
        String text = ConnectorFile.render(full("topic-to-file"));

        assertThat(text).isEqualTo("""
                # Written by the connector API, which changes and deletes this file
                - templatedRoute:
                    routeTemplateRef: "topic-to-file"
                    routeId: "orders"
                    parameters:
                      - {name: "batch", value: "100"}
                      - {name: "consumers", value: "2"}
                      - {name: "file", value: "%s/{topic}+{partition}.log"}
                      - {name: "group", value: "connect-orders"}
                      - {name: "lines", value: "string"}
                      - {name: "schema", value: "schemas/orders.avsc,schemas/orders-1.avsc"}
                      - {name: "topic", value: "shop.log,b"}
                      - {name: "value", value: "avro"}
                """.formatted(in));
        assertThat(ConnectorFile.isOwn(ConnectorFile.name("orders"), text)).isTrue();
        assertThat(ConnectorFile.isOwn("own.camel.yaml", text)).isFalse();
        assertThat(ConnectorFile.isOwn(ConnectorFile.name("orders"), "\n" + text))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.10", "010", "1e3", "true", "null", "2026-11-28"})
    void fileEditedWithoutQuotes_isReadAsWritten(String value) {
        String text = ConnectorFile.render(
                        Map.of("name", "orders", "connector.class", "topic-to-file", "topic", "edited"))
                .replace("\"edited\"", value);

        assertThat(ConnectorFile.parse(text)).containsEntry("topic", value);
    }
}
