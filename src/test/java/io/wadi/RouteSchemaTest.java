package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.extension.connectors.database.DatabaseEndpoint;
import io.wadi.extension.connectors.files.FileStreamEndpoint;
import io.wadi.extension.connectors.hdfs.HdfsFilesEndpoint;
import io.wadi.extension.connectors.source.SourceRecordsEndpoint;
import io.wadi.indexing.IndexingEndpoint;
import io.wadi.kafka.streams.StreamsEndpoint;
import io.wadi.landing.LandingEndpoint;
import io.wadi.metrics.notification.ActiveAlertsEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema that editors use for route files accepts what Camel and Wadi's components accept. */
final class RouteSchemaTest {
    private static final Path FILE = Path.of("docs", "route-schema.json");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, Class<? extends Endpoint>> OWN = Map.of(
            "landing", LandingEndpoint.class,
            "indexing", IndexingEndpoint.class,
            "database", DatabaseEndpoint.class,
            "file-stream", FileStreamEndpoint.class,
            "hdfs-files", HdfsFilesEndpoint.class,
            "source-records", SourceRecordsEndpoint.class,
            "streams", StreamsEndpoint.class,
            "active-alerts", ActiveAlertsEndpoint.class);
    /** The Camel components by the names under which Wadi binds them. */
    private static final Map<String, String> BOUND = Map.of(
            "kafka", "kafka",
            "elasticsearch", "elasticsearch",
            "platform-http", "platform-http",
            "management", "platform-http");

    static List<Path> files() throws IOException {
        return RouteFilesTest.files();
    }

    /** {@code mvn -B test -Dtest=RouteSchemaTest -Dschema=write} rewrites the file; the next run then succeeds. */
    @Test
    void file_isGeneratedFromCamelsSchemaAndComponentParameters() throws Exception {
        Set<String> components = new TreeSet<>();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            RouteSchema made = new RouteSchema(camel);
            for (Path file : files()) {
                JsonNode entries = YAML.readTree(file.toFile());
                components.addAll(RouteSchema.schemes(entries));
                entries.findValues("routeTemplate").forEach(made::template);
            }
            components.removeAll(OWN.keySet());
            components.forEach(each -> made.camels(each, each));
            BOUND.forEach(made::camels);
            OWN.forEach(made::own);

            if ("write".equals(System.getProperty("schema"))) {
                Files.writeString(FILE, made.text());
            }
            assertThat(Files.readString(FILE).equals(made.text()))
                    .as("%s is what -Dschema=write would write", FILE)
                    .isTrue();
        }
    }

    @Test
    void wadisComponents_areInTheSchema() throws IOException {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            Set<String> expected = new TreeSet<>(OWN.keySet());
            expected.addAll(BOUND.keySet());

            assertThat(camel.getRegistry().findByTypeWithName(Component.class)).containsOnlyKeys(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shippedFile_isValid_andReferencesTheSchema(Path file) throws IOException {
        assertThat(mistakes(Files.readString(file))).isEmpty();
        assertThat(Files.readAllLines(file)).contains("# yaml-language-server: $schema=../" + FILE);
    }

    /** An editor underlines such mistakes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an unknown step                   | - to:                  | - too:
            an unknown option of a step       | description: Land      | descripton: Land
            an option of landing              | rollBytes:             | rollBites:
            an option of Camel's Kafka        | maxPollRecords:        | maxPollRecord:
            text instead of a number          | "{{wadi.landing.roll-records}}" | many
            an unknown enum value             | "{{wadi.landing.time-source}}" | noon
            a route without from              | from:                  | form:
            an unknown entry                  | - route:               | - rout:
            """)
    void mistake_isDetected(String mistake, String right, String wrong) throws IOException {
        String landing = Files.readString(Path.of("routes", "landing.camel.yaml"));
        assertThat(landing).contains(right);

        assertThat(mistakes(landing.replace(right, wrong))).as(mistake).isNotEmpty();
    }

    @Test
    void kafkaClientParameter_isAccepted() throws IOException {
        assertThat(mistakes("""
                        - from:
                            uri: timer:often
                            parameters: {period: 1000, repeatCount: "{{times}}"}
                            steps:
                              - to: {uri: "kafka:colours", parameters: {additionalProperties.linger.ms: 5}}
                              - to: {uri: "some-other:component", parameters: {any: thing}}
                        """)).isEmpty();
    }

    @Test
    void templatedRoute_withMissingOrUnknownParameters_isInvalid() throws IOException {
        String route = ConnectorRoutes.route(
                        "topic-to-database",
                        "to-shop",
                        Map.of("topic", "orders", "group", "to-shop", "table", "orders"))
                + "      - {name: batch, value: 500}\n";
        assertThat(mistakes(route)).isEmpty();
        assertThat(mistakes(Files.readString(Path.of("examples", "tables", "shop.camel.yaml"))))
                .isEmpty();
        assertThat(mistakes(route.replace("topic-to-database", "a-template-of-ones-own")))
                .isEmpty();

        assertThat(mistakes(route.replace("name: batch", "name: bach")))
                .hasSize(1)
                .allMatch(mistake -> mistake.contains("onConflict"));
        assertThat(mistakes(route.replaceFirst(".*name: table.*\n", ""))).hasSize(1);
        assertThat(mistakes(route.replaceFirst("(?s) {4}parameters:.*", ""))).hasSize(1);
    }

    @Test
    void missingUri_isReportedAlone() throws IOException {
        List<String> mistakes = mistakes("""
                        - route:
                            id: without
                            from:
                              parameters: {groupId: a, any: thing}
                              steps:
                                - to: {parameters: {rollRecords: 1}}
                        """);

        assertThat(mistakes).hasSize(2).allMatch(mistake -> mistake.contains("required property 'uri' not found"));
    }

    /** Returns the errors that the schema reports in a route file. */
    static List<String> mistakes(String routes) throws IOException {
        JsonNode nodes = YAML.readTree(routes);
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(Files.readString(FILE));
        return schema.validate(nodes).stream().map(Error::toString).toList();
    }
}
