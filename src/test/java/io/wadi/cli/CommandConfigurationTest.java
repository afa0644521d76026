package io.wadi.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.indexing.IndexingSettings;
import io.wadi.kafka.Causes;
import io.wadi.landing.LandingSettings;
import io.wadi.metrics.alerts.AlertsSettings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.streams.StreamsSettings;
import io.wadi.testing.TestedCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandConfigurationTest {
    @TempDir
    private Path directory;

    private void configure(String... lines) throws IOException {
        Files.write(directory.resolve("application.properties"), List.of(lines));
    }

    /** Settings that the command does not use are not read. */
    @Test
    void mistakesInUnusedFiles_areIgnored() throws Exception {
        Files.writeString(directory.resolve("alerts.yaml"), "alerts: [{name: }");
        Files.writeString(directory.resolve("topics.yaml"), "topics: [{nme: a}]");
        Files.writeString(directory.resolve("keys.yaml"), "keys: none");
        configure(
                "wadi.ingest.keys-file=" + directory.resolve("keys.yaml"),
                "wadi.streams.files=nowhere",
                "wadi.elasticsearch.user=half");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(StreamsSettings.FILES)).isEqualTo("nowhere");
            assertThat(configured.kafka().adminProperties()).isNotEmpty();
        }
    }

    @Test
    void unknownSetting_isRejected() throws IOException {
        configure("wadi.landing.gruop=a");

        assertThatThrownBy(() -> new CommandConfiguration(directory, Map.of()))
                .satisfies(e -> assertThat(Causes.reason(e))
                        .isEqualTo("wadi.landing.gruop: there is no such property; did you mean wadi.landing.group?"));
    }

    @Test
    void unknownSettingOfTheKafkaComponent_isRejected() throws IOException {
        configure("camel.component.kafka.scurity-protocol=SSL");

        assertThatThrownBy(() -> new CommandConfiguration(directory, Map.of()))
                .satisfies(e -> assertThat(Causes.reason(e)).contains("scurity"));
    }

    @Test
    void kafkaClients_useTheSettingsOfTheCamelComponent() throws Exception {
        configure(
                "wadi.kafka.brokers=a:1",
                "camel.component.kafka.security-protocol={{my.protocol}}",
                "my.protocol=SASL_SSL",
                "camel.component.kafka.sasl-mechanism=PLAIN");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            Properties admin = configured.kafka().adminProperties();
            assertThat(admin)
                    .containsEntry("bootstrap.servers", "a:1")
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("sasl.mechanism", "PLAIN");
        }
    }

    @Test
    void commandLine_overridesSystemProperties_whichOverrideTheFile() throws Exception {
        configure("wadi.kafka.brokers=file:1", "wadi.hdfs.uri=hdfs://file");
        String before = System.setProperty("wadi.kafka.brokers", "system:1");
        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of());
                CommandConfiguration given =
                        new CommandConfiguration(directory, Map.of("wadi.kafka.brokers", "option:1"))) {
            assertThat(configured.get(WadiSettings.KAFKA_BROKERS)).isEqualTo("system:1");
            assertThat(configured.get(WadiSettings.HDFS_URI)).isEqualTo("hdfs://file");
            assertThat(given.get(WadiSettings.KAFKA_BROKERS)).isEqualTo("option:1");
        } finally {
            if (before == null) {
                System.clearProperty("wadi.kafka.brokers");
            } else {
                System.setProperty("wadi.kafka.brokers", before);
            }
        }
    }

    @Test
    void filesOfTheDirectory_replaceDefaultsOnly() throws Exception {
        Files.createFile(directory.resolve("topics.yaml"));
        Files.createFile(directory.resolve("alerts.yaml"));
        Files.createDirectory(directory.resolve("streams"));
        configure("wadi.topics-file=/nowhere/others.yaml", "wadi.alerts.file=alerts.yaml");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(WadiSettings.TOPICS_FILE)).isEqualTo("/nowhere/others.yaml");
            assertThat(configured.get(AlertsSettings.FILE))
                    .isEqualTo(directory.resolve("alerts.yaml").toString());
            assertThat(configured.get(StreamsSettings.DIRECTORY))
                    .isEqualTo(directory.resolve("streams").toString());
            assertThat(configured
                            .camel()
                            .resolvePropertyPlaceholders("{{wadi.topics-file}} {{wadi.streams.directory}}"))
                    .isEqualTo("/nowhere/others.yaml " + directory.resolve("streams"));
        }
    }

    @Test
    void schemasAndIndexTemplatesOfTheDirectory_areUsed() throws Exception {
        Files.createDirectory(directory.resolve("schemas"));
        Files.createDirectory(directory.resolve("elasticsearch"));
        configure("wadi.landing.format=parquet");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(LandingSettings.SCHEMA))
                    .isEqualTo(directory.resolve("schemas").toString());
            assertThat(configured.get(IndexingSettings.SETUP))
                    .isEqualTo(directory.resolve("elasticsearch").toString());
            assertThat(configured.camel().resolvePropertyPlaceholders("{{wadi.landing.schema}}"))
                    .isEqualTo(directory.resolve("schemas").toString());
        }
    }

    /** The relative path also names the jar's schemas, which a topic without a file in the directory uses. */
    @Test
    void schemasOfTheWorkingDirectory_keepTheirRelativePath() throws Exception {
        try (CommandConfiguration configured = new CommandConfiguration(Path.of("."), Map.of())) {
            assertThat(configured.get(LandingSettings.SCHEMA)).isEqualTo("schemas");
        }
    }

    /** A route's placeholder and the setting have the same value. */
    @Test
    void systemProperty_overridesTheDirectoryInRoutesToo() throws Exception {
        Files.createDirectory(directory.resolve("schemas"));
        configure("wadi.landing.format=parquet");
        System.setProperty("wadi.landing.schema", "/nowhere/schemas");
        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(LandingSettings.SCHEMA)).isEqualTo("/nowhere/schemas");
            assertThat(configured.camel().resolvePropertyPlaceholders("{{wadi.landing.schema}}"))
                    .isEqualTo("/nowhere/schemas");
        } finally {
            System.clearProperty("wadi.landing.schema");
        }
    }

    @Test
    void systemPropertyWithTheDefault_namesTheFileOfTheDirectory() throws Exception {
        Files.createFile(directory.resolve("topics.yaml"));
        configure();
        System.setProperty("wadi.topics-file", "topics.yaml");
        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            String file = directory.resolve("topics.yaml").toString();
            assertThat(configured.get(WadiSettings.TOPICS_FILE)).isEqualTo(file);
            assertThat(configured.camel().resolvePropertyPlaceholders("{{wadi.topics-file}}"))
                    .isEqualTo(file);
        } finally {
            System.clearProperty("wadi.topics-file");
        }
    }

    /** As in environment variables from files, which end with a line break. */
    @Test
    void whiteSpaceAroundAValue_isRemoved_inRoutesToo() throws Exception {
        configure();
        Map<String, String> values = Map.of(
                "wadi.landing.format", "parquet\n",
                "wadi.landing.group", " own",
                "wadi.landing.roll-interval", "5s ");
        values.forEach(System::setProperty);
        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(LandingSettings.FORMAT)).isEqualTo("parquet");
            assertThat(configured.get(LandingSettings.GROUP)).isEqualTo("own");
            assertThat(configured.get(WadiSettings.LANDING_ROLL_INTERVAL)).isEqualTo(Duration.ofSeconds(5));
            for (Map.Entry<String, String> value : values.entrySet()) {
                assertThat(configured.camel().resolvePropertyPlaceholders("{{" + value.getKey() + "}}"))
                        .isEqualTo(value.getValue().strip());
            }
        } finally {
            values.keySet().forEach(System::clearProperty);
        }
    }

    /** Kafka's consumer rejects an empty topic only when it subscribes. */
    @Test
    void emptyItemsOfAList_areRemoved_inRoutesToo() throws Exception {
        configure("wadi.landing.topics=,orders, ,payments");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured.get(LandingSettings.TOPICS)).containsExactly("orders", "payments");
            assertThat(configured.camel().resolvePropertyPlaceholders("{{wadi.landing.topics}}"))
                    .isEqualTo("orders,payments");
        }
    }

    @Test
    void valueInUtf8_isReadAsSuch_inRoutesToo() throws Exception {
        configure("wadi.elasticsearch.user=Jürgen", "wadi.elasticsearch.password=gr\\u00fcn");

        try (CommandConfiguration configured = new CommandConfiguration(directory, Map.of())) {
            assertThat(configured
                            .camel()
                            .resolvePropertyPlaceholders("{{wadi.elasticsearch.user}} {{wadi.elasticsearch.password}}"))
                    .isEqualTo("Jürgen grün");
        }
    }

    @Test
    void fileInAnotherEncoding_orWithAByteOrderMark_isRejected() throws Exception {
        Path file = directory.resolve("application.properties");
        Files.writeString(file, "# user\nwadi.elasticsearch.user=Jürgen\n", ISO_8859_1);
        assertThatThrownBy(() -> new CommandConfiguration(directory, Map.of()))
                .satisfies(e ->
                        assertThat(Causes.reason(e)).isEqualTo(file + " line 2: not in UTF-8; save the file in UTF-8"));

        Files.writeString(file, "\uFEFFwadi.kafka.brokers=a:1\n");
        assertThatThrownBy(() -> new CommandConfiguration(directory, Map.of()))
                .satisfies(e -> assertThat(Causes.reason(e)).startsWith(file + " begins with a byte order mark"));
    }

    @Test
    void missingDirectory_isReported() {
        assertThat(TestedCommand.run("audit", "a", "--config", "nowhere").err())
                .isEqualTo("nowhere: directory not found; set the configuration directory with --config\n");
    }
}
