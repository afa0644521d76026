package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.local.Ports;
import io.wadi.runtime.ConfigurationFiles;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Nightly;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.junit.jupiter.api.Test;

/** Starts with an invalid configuration: one line for each required change, and the exit code of its kind. */
class WadiStartIT extends WadiStartTestSupport {
    /** A component that needs a missing class, as one of a jar in lib/ may do. */
    public static final class IncompleteComponent extends DefaultComponent {
        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            throw new NoClassDefFoundError("of/the/Test");
        }
    }

    @Test
    void missingClass_endsTheProcessWithItsName() throws Exception {
        configure("wadi.management.port=" + Ports.free());
        Files.writeString(Files.createDirectories(directory.resolve("routes")).resolve("own.camel.yaml"), """
                - beans: [{name: incomplete, type: "%s"}]
                - route: {id: own, from: {uri: "timer:own", steps: [{to: "incomplete:any"}]}}
                """.formatted(
                        IncompleteComponent.class.getName()));

        assertThat(process(1, "--config", directory.toString()))
                .isEqualTo("Wadi cannot start:\n  NoClassDefFoundError: of/the/Test\n");
    }

    @Test
    void invalidSettings_areReportedTogether() throws Exception {
        configure("wadi.http.port=eighty", "wadi.landing.rol-interval=5m", "wadi.metrics.cpu-threshold=1.5");

        assertThat(process(78, "--config", directory.toString())).isEqualTo("""
                        Wadi cannot start:
                          wadi.http.port=eighty: expected a whole number from 1 to 65535 (default 8080)
                          wadi.metrics.cpu-threshold=1.5: expected a number from 0.0 to 1.0 (default 0.5)
                          wadi.landing.rol-interval: there is no such property; did you mean wadi.landing.roll-interval?
                        """);
    }

    @Test
    void misspelledEnvironmentVariable_isReported() throws Exception {
        configure("wadi.landing.rol-interval=5m");

        CommandProcess wadi = CommandProcess.run(
                Map.of("WADI_HTTP_PROT", "8081", "WADI_SHOP_PASSWORD", "x"), List.of("--config", directory.toString()));

        assertThat(wadi.code()).isEqualTo(78);
        assertThat(wadi.err()).isEqualTo("""
                        Wadi cannot start:
                          WADI_HTTP_PROT in the environment: there is no such setting; did you mean WADI_HTTP_PORT?
                          wadi.landing.rol-interval: there is no such property; did you mean wadi.landing.roll-interval?
                        """);
        assertThat(wadi.out()).contains("WADI_SHOP_PASSWORD in the environment: there is no such setting");
    }

    @Test
    void portInUse_isReportedWithItsProperty() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("0.0.0.0", 0));
            configure("wadi.http.port=" + taken.getLocalPort());

            assertThat(process(69, "--config", directory.toString()))
                    .isEqualTo("Wadi cannot start:\n  wadi.http.port=%d: cannot bind the port at localhost: "
                                    .formatted(taken.getLocalPort())
                            + "Address already in use; stop the other process or set another port\n");
        }
    }

    /** A supervisor restarts Wadi after this exit code, but not after that of an invalid setting. */
    @Test
    @Nightly(perChange = {"KafkaClientsTest", "WadiStartIT#portInUse_isReportedWithItsProperty"})
    void unresolvableBrokers_areUnavailable() throws Exception {
        configure(
                "wadi.kafka.brokers=nowhere.invalid:9092",
                "wadi.http.port=" + Ports.free(),
                "wadi.management.port=" + Ports.free());

        assertThat(process(69, "--config", directory.toString())).isEqualTo("""
                        Wadi cannot start:
                          wadi.kafka.brokers=nowhere.invalid:9092: none of the names can be resolved
                        """);
    }

    @Test
    @Nightly(perChange = {"KeysCommandTest", "LauncherTest"})
    void unknownArguments_areReported() throws Exception {
        assertThat(process(64, "--confg", directory.toString()))
                .isEqualTo("\"--confg\" is unknown; did you mean --config? See wadi --help\n");
        assertThat(process(64, "adit")).isEqualTo("\"adit\" is unknown; did you mean audit? See wadi --help\n");
        assertThat(process(64, "--config", directory.toString(), "audit", "a"))
                .isEqualTo("--config must follow the command. See wadi --help\n");
    }

    @Test
    void oldJava_isReportedByALaunchClassForJava8() throws Exception {
        assertThat(Launch.refusal("1.8"))
                .isEqualTo("Java 17 or newer is required, and %s is Java 8: use a newer version"
                        .formatted(System.getProperty("java.home")));
        assertThat(Launch.refusal("11")).contains(" is Java 11: ");
        assertThat(Launch.refusal("17")).isNull();
        assertThat(Launch.refusal("25")).isNull();
        try (DataInputStream compiled = new DataInputStream(Launch.class.getResourceAsStream("Launch.class"))) {
            assertThat(compiled.readInt()).isEqualTo(0xCAFEBABE);
            assertThat(compiled.readUnsignedShort()).as("minor version").isZero();
            assertThat(compiled.readUnsignedShort()).as("version of Java 8").isEqualTo(52);
        }
    }

    @Test
    void missingConfigurationDirectory_isReported() throws Exception {
        Path missing = directory.resolve("nowhere");
        assertThat(process(66, "--config", missing.toString()))
                .isEqualTo("Wadi cannot start:\n  " + missing
                        + ": directory not found; set the configuration directory with --config\n");
    }

    @Test
    void missingOrEmptyRoutesDirectory_isReported() throws Exception {
        Path routes = directory.resolve("routes");
        Files.writeString(routes, "");
        assertThatThrownBy(() -> ConfigurationFiles.check(directory))
                .hasMessageStartingWith(routes + " is not a directory");

        Files.delete(routes);
        Files.createDirectory(routes);
        Files.writeString(routes.resolve("a.yaml"), "");
        assertThatThrownBy(() -> ConfigurationFiles.check(directory))
                .hasMessageStartingWith("no route file (*.camel.yaml) in " + routes);
    }

    /** Directories instead of files without read permission, because root can read any file. */
    @Test
    void unreadableFiles_areReported() throws Exception {
        Path topics = Files.createDirectory(directory.resolve("topics.yaml"));
        assertThatThrownBy(() -> ConfigurationFiles.check(directory))
                .hasMessage("%s cannot be read by the user %s".formatted(topics, System.getProperty("user.name")));

        Files.delete(topics);
        Path route = Files.createDirectories(directory.resolve("routes/own.camel.yaml"));
        assertThatThrownBy(() -> ConfigurationFiles.check(directory)).hasMessageStartingWith(route + " cannot be read");
    }

    @Test
    void mistakesInRoutes_areReportedWithFileLineAndNearestName() throws Exception {
        configure("wadi.http.port=" + Ports.free(), "wadi.management.port=" + Ports.free());
        String landing = Files.readString(Path.of("routes/landing.camel.yaml"));
        Files.createDirectories(directory.resolve("routes"));
        Files.copy(Path.of("routes/errors.camel.yaml"), directory.resolve("routes/errors.camel.yaml"));
        Map<String, String> mistakes = new LinkedHashMap<>();
        mistakes.put(
                landing.replace("maxPollRecords:", "maxPolRecords:"),
                "there is no parameter maxPolRecords; did you mean maxPollRecords?\n");
        mistakes.put(
                landing.replace("wadi.landing.roll-bytes", "wadi.landing.rol-bytes"),
                "there is no property wadi.landing.rol-bytes; did you mean wadi.landing.roll-bytes?\n");
        mistakes.put(
                landing.replace("uri: \"landing:", "uri: \"lamding:"),
                "there is no component lamding; did you mean landing?\n");
        mistakes.put(
                landing.replace("rollBytes:", "rollBites:"),
                "there is no parameter rollBites; did you mean rollBytes?\n");
        mistakes.put(landing.replace("- to:", "- too:"), "there is no step too; did you mean to?\n");
        mistakes.put(
                landing.replace("description:", "descripton:"),
                "there is no option of route descripton; did you mean description?\n");
        mistakes.put(landing.replace("- route:", "- rout:"), "there is no entry rout; did you mean route?\n");
        mistakes.put(with(landing, "setBoddy: {constant: a}"), "there is no step setBoddy; did you mean setBody?\n");
        mistakes.put(
                with(landing, "setBody: {constat: a}"),
                "there is no option of setBody constat; did you mean constant?\n");
        mistakes.put(
                with(landing, "setBody: {language: {language: simpel, expression: a}}"),
                "there is no language simpel; did you mean simple?\n");
        mistakes.put(
                with(landing, "to: \"kafka:x?grupId=a\""), "there is no parameter grupId; did you mean groupId?\n");
        mistakes.put(
                with(landing, "process: {ref: reed-events}"),
                "there is no bean reed-events; did you mean read-events?\n");
        mistakes.put(
                landing.replace("maxPollRecords:", "groupInstanceId: a\n        maxPollRecords:"),
                "Route landing: groupInstanceId=a is not supported: ");
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
            route("landing.camel.yaml", mistake.getKey());
            assertThat(start()).contains("\n  landing.camel.yaml:").contains(": " + mistake.getValue());
        }
        route("landing.camel.yaml", landing + landing);
        assertThat(start()).contains("the id \"landing\" is also used at landing.camel.yaml:");
    }

    /** Returns the landing route with an additional first step. */
    private static String with(String landing, String step) {
        return landing.replace("      steps:\n", "      steps:\n        - " + step + "\n");
    }

    @Test
    void mistakeInTheTopicsFile_isReportedWithItsLine() throws Exception {
        configure("wadi.http.port=" + Ports.free());
        Files.writeString(directory.resolve("topics.yaml"), "topics:\n  - {name: a, partitions: 1, replicas: 1}\n");

        assertThat(start())
                .startsWith("Wadi cannot start:\n  topics.yaml line 2, column ")
                .contains("replication");
    }

    @Test
    void alerts_mistakesInRulesAndTopics_areReportedTogether() throws Exception {
        configure("wadi.http.port=" + Ports.free());
        Files.writeString(directory.resolve("alerts.yaml"), "rules:\n  - {alert: A, no-data-after: soon}\n");
        Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: metric.cpu, partitions: 3, replication: 1}
                  - {name: metric.memory, partitions: 6, replication: 1}
                """);

        assertThat(start())
                .startsWith(
                        "Wadi cannot start:\n  wadi.alerts.topics: metric.cpu has 3, metric.memory has 6 partitions")
                .contains("\n  alerts.yaml line 2, column ");
    }

    @Test
    void alerts_deadLetterTopicAsInput_isReported() throws Exception {
        configure("wadi.http.port=" + Ports.free(), "wadi.alerts.topics=metric.cpu,wadi.dead-letter");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.dead-letters.topic=wadi.dead-letter: expected a topic that is not an"
                                + " input (wadi.alerts.topics)\n");
    }

    @Test
    void landingFormats_invalidSettings_areReported() throws Exception {
        configure("wadi.landing.format=parket", "wadi.landing.compression-level=20");

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          wadi.landing.format=parket: expected jsonl, jsonl.gz, jsonl.zst, parquet or avro (default jsonl); \
                        did you mean parquet?
                          wadi.landing.compression-level=20: expected a whole number from 1 to 19 (default 3)
                        """);
    }

    @Test
    void landingFormats_missingAndInvalidSchemas_areReportedTogether() throws Exception {
        Files.createDirectory(directory.resolve("routes"));
        for (String route : List.of("landing.camel.yaml", "errors.camel.yaml")) {
            Files.copy(Path.of("routes", route), directory.resolve("routes").resolve(route));
        }
        Path schema = Files.writeString(directory.resolve("a.json"), "{\"type\":\"object\",\"oneOf\":[]}");
        configure(
                "wadi.http.port=" + Ports.free(),
                "wadi.management.port=" + Ports.free(),
                "wadi.landing.format=parquet",
                "wadi.landing.topics=a,select-color,metric.cpu",
                "wadi.landing.schema=" + directory);

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          %1$s at "/oneOf": keyword not supported for a column of type object, expected \
                        additionalProperties, properties, required
                          %1$s at "": an object needs properties, or additionalProperties with a schema (a map)
                          topic select-color has no schema: expected the file %2$s/select-color.avsc or %2$s/select-color.json
                          topic metric.cpu has no schema: expected the file %2$s/metric.cpu.avsc or %2$s/metric.cpu.json
                        """.formatted(schema, directory));
    }

    @Test
    void fileSystemWithoutAtomicRename_isRejectedWithTheReason() throws Exception {
        configure("wadi.hdfs.uri=s3a://bucket");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.hdfs.uri=s3a://bucket: expected a file system with atomic rename, "
                                + "unlike s3a, gs, abfs, file and others: hdfs:// and a NameNode or a name "
                                + "service (default hdfs://localhost:8020)\n");
    }

    @Test
    void missingKeytab_isReported() throws Exception {
        configure("wadi.hdfs.principal=wadi@EXAMPLE.ORG", "wadi.hdfs.keytab=/nowhere.keytab");

        assertThat(start())
                .isEqualTo("Wadi cannot start:\n  wadi.hdfs.keytab=/nowhere.keytab: expected a readable file\n");
    }

    @Test
    void settingsThatRequireEachOther_areRejectedAlone() throws Exception {
        configure(
                "wadi.hdfs.principal=wadi@EXAMPLE.ORG",
                "wadi.elasticsearch.user=wadi",
                "wadi.schema-registry.password=secret",
                "wadi.alerts.webhook.user=wadi");

        assertThat(start())
                .contains(
                        "  wadi.hdfs.keytab is empty, but wadi.hdfs.principal is set: set both or none\n",
                        "  wadi.elasticsearch.password is empty, but wadi.elasticsearch.user is set: set both or none\n",
                        "  wadi.schema-registry.user is empty, but wadi.schema-registry.password is set: set both or none\n",
                        "  wadi.alerts.webhook.password is empty, but wadi.alerts.webhook.user is set: set both or none\n")
                .doesNotContain("=secret");
    }

    @Test
    void settingsOfASchemaRegistryWithoutAUrl_areRejected() throws Exception {
        configure(
                "wadi.schema-registry.user=wadi",
                "wadi.schema-registry.password=secret",
                "wadi.schema-registry.ca-file=ca.pem");

        String reason = " has no effect, since wadi.schema-registry.url is empty: set the URL, or remove ";
        assertThat(start())
                .isEqualTo("Wadi cannot start:\n"
                        + "  wadi.schema-registry.user" + reason + "wadi.schema-registry.user\n"
                        + "  wadi.schema-registry.password" + reason + "wadi.schema-registry.password\n"
                        + "  wadi.schema-registry.ca-file" + reason + "wadi.schema-registry.ca-file\n");
    }

    @Test
    void settingsOfAlertmanagerWithoutEffect_areRejected() throws Exception {
        configure("wadi.alerts.webhook.token=secret", "wadi.alerts.webhook.link=https://grafana.example/{host}");
        String reason = " has no effect, since wadi.alerts.webhook.urls is empty: set an address, or remove ";
        assertThat(start())
                .isEqualTo("Wadi cannot start:\n"
                        + "  wadi.alerts.webhook.token" + reason + "wadi.alerts.webhook.token\n"
                        + "  wadi.alerts.webhook.link" + reason + "wadi.alerts.webhook.link\n");

        configure("wadi.alerts.webhook.urls=http://alertmanager:9093", "wadi.alerts.webhook.ca-file=ca.pem");
        assertThat(start())
                .isEqualTo("Wadi cannot start:\n  wadi.alerts.webhook.ca-file has no effect, since"
                        + " wadi.alerts.webhook.urls has no https:// address: set an address, or remove"
                        + " wadi.alerts.webhook.ca-file\n");
    }

    @Test
    void burstWithoutARate_isRejected() throws Exception {
        configure("wadi.ingest.burst=100");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.ingest.burst=100 has no effect, since wadi.ingest.rate=0 is no limit: expected a rate, or no burst\n");
    }

    private void route(String name, String text) throws IOException {
        Files.createDirectories(directory.resolve("routes"));
        Files.writeString(directory.resolve("routes").resolve(name), text);
    }
}
