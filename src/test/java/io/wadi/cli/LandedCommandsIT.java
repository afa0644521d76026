package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi audit} and {@code ./wadi compact} for a topic that the pipeline has landed. */
@Nightly(perChange = {"AuditTextTest", "PartitionCompactorTest", "CompactionRandomTest"})
class LandedCommandsIT {
    private static final String TOPIC = "audit-command";

    @TempDir
    private Path configuration;

    private static Map<String, String> settings(String topic) {
        return Map.of("wadi.landing.group", topic, "wadi.landing.directory", "/" + topic);
    }

    private static void land(String topic) throws Exception {
        TopicProbe.create(topic, 3);
        for (int i = 0; i < 30; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, i % 2, null, ("{\"number\":" + i + "}").getBytes(UTF_8)));
        }
        try (RunningWadi wadi = RunningWadi.startLanding(topic, Map.of("wadi.landing.roll-records", "4"))) {
            await().until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) >= 30);
            assertThat(HdfsProbe.coveredOffsets("/" + topic, topic)).isEqualTo(30);
        }
    }

    @BeforeAll
    static void land() throws Exception {
        land(TOPIC);
    }

    @Test
    void audit_ofFilesLandedByThePipeline_isSound() throws Exception {
        // The correct directory is in the environment, which overrides the file.
        Files.writeString(configuration.resolve("application.properties"), "wadi.landing.directory=/wrong\n");

        CommandProcess ended = command("audit", Map.of()).asProcess(TOPIC, "--deep");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isEqualTo("""
                        audit-command has no errors: 30 offsets in 8 files of 3 partitions, none lost or duplicated, 30 records the same in Kafka and file.

                        partition      in Kafka  committed  to land       landed  files  bytes  contiguous
                                0       0 to 14         15        0      0 to 14      4    205         yes
                                1       0 to 14         15        0      0 to 14      4    205         yes
                                2  none, next 0      never        0  nothing yet      0      0         yes
                        """);
        assertThat(ended.code()).isZero();
    }

    @Test
    void audit_asJson_isOneObjectWithTheDocumentedFields() throws Exception {
        CommandProcess ended = audit(Map.of(), TOPIC, "--json");

        JsonNode report = new ObjectMapper().readTree(ended.out());
        assertThat(ended.code()).isZero();
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("version", "topic", "group", "directory", "deep", "sound", "partitions");
        assertThat(report.get("version").asInt()).isEqualTo(1);
        assertThat(report.get("sound").asBoolean()).isTrue();
        assertThat(report.get("directory").asText()).isEqualTo("/" + TOPIC);
        JsonNode partition = report.get("partitions").get(1);
        assertThat(partition.fieldNames())
                .toIterable()
                .containsExactly(
                        "partition",
                        "sound",
                        "kafka",
                        "committed",
                        "toLand",
                        "files",
                        "bytes",
                        "landed",
                        "contiguous",
                        "gaps",
                        "overlaps",
                        "hollow",
                        "ahead",
                        "differences",
                        "compared",
                        "notCompared",
                        "foreign",
                        "unfinished",
                        "owners");
        assertThat(partition.get("landed")).hasToString("[{\"first\":0,\"last\":14}]");
    }

    @Test
    void audit_missingFile_exitsWith1() throws Exception {
        String directory = "/" + TOPIC + "/" + TOPIC + "/partition=1/";
        String name = TOPIC + "+1+00000000000000000004+00000000000000000007.jsonl";
        try (FileSystem files = HdfsProbe.open()) {
            org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(directory + name);
            org.apache.hadoop.fs.Path aside = new org.apache.hadoop.fs.Path("/" + TOPIC + "/aside");
            assertThat(files.rename(file, aside)).isTrue();

            CommandProcess ended = audit(Map.of(), TOPIC);
            assertThat(files.rename(aside, file)).isTrue();

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out())
                    .startsWith("audit-command has ERRORS: 4 lost; 26 offsets in 7 files of 3 partitions.\n")
                    .endsWith("""

                            partition 1
                              landed 0 to 3
                              landed 8 to 14
                              gap 4 to 7, 4 offsets: lost. Kafka has a record at offset 4
                            """);
        }
    }

    @Test
    void audit_failure_exitsWith2AndOneLine() throws Exception {
        assertThat(audit(Map.of(), "audit-no-such-topic"))
                .isEqualTo(new CommandProcess(
                        2, "", "Could not audit: FileNotFoundException: Kafka has no topic audit-no-such-topic\n"));
        assertThat(audit(Map.of("wadi.landing.directory", "/elsewhere"), TOPIC).err())
                .isEqualTo(
                        "Could not audit: FileNotFoundException: no landed files in /elsewhere/audit-command, and group "
                                + "audit-command has committed offsets of audit-command\n");
        String away = "localhost:" + Ports.free();
        assertThat(audit(Map.of("wadi.kafka.brokers", away), TOPIC))
                .isEqualTo(new CommandProcess(
                        2, "", "Could not audit: TimeoutException: Kafka at " + away + " does not respond\n"));
        assertThat(audit(Map.of("wadi.landing.roll-records", "none"), TOPIC).err())
                .isEqualTo("Could not audit: wadi.landing.roll-records=none: expected a whole number from 1 to "
                        + "100000000 (default 100000)\n");
    }

    @Test
    void audit_invalidArguments_areReportedWithTheHelpCommand() throws Exception {
        assertThat(CommandProcess.run(Map.of(), List.of("audit")))
                .isEqualTo(new CommandProcess(2, "", "TOPIC is missing. See wadi audit --help\n"));
        assertThat(audit(Map.of(), TOPIC, "--depe"))
                .isEqualTo(new CommandProcess(
                        2, "", "\"--depe\" is unknown; did you mean --deep? See wadi audit --help\n"));
    }

    @Test
    void compact_mergesAllFilesButTheNewest_andTheAuditStaysSound() throws Exception {
        String topic = "compact-command";
        land(topic);
        CommandProcess planned = compact(settings(topic)).asProcess(topic, "--dry-run");
        CommandProcess done = compact(settings(topic)).inThisJvm(topic);
        CommandProcess again = compact(settings(topic)).inThisJvm(topic);

        String name =
                "/compact-command/compact-command/partition=%d/compact-command+%d+00000000000000000000+00000000000000000011.jsonl\n";
        assertThat(planned)
                .isEqualTo(new CommandProcess(
                        0,
                        "compact-command-0: would merge 3 files, 163 bytes, into " + name.formatted(0, 0)
                                + "compact-command-1: would merge 3 files, 163 bytes, into " + name.formatted(1, 1)
                                + "compact-command: 6 files would be merged into 2\n",
                        ""));
        assertThat(done)
                .isEqualTo(new CommandProcess(
                        0,
                        "compact-command-0: merged 3 files, 163 bytes, into " + name.formatted(0, 0)
                                + "compact-command-1: merged 3 files, 163 bytes, into " + name.formatted(1, 1)
                                + "compact-command: 6 files merged into 2\n",
                        ""));
        assertThat(again).isEqualTo(new CommandProcess(0, "compact-command: 0 files merged into 0\n", ""));
        assertThat(compact(settings(topic)).inThisJvm(topic, "--group", "other"))
                .isEqualTo(new CommandProcess(
                        2,
                        "",
                        "Group \"other\" has no committed offsets of topic compact-command, and only files below them are"
                                + " merged; expected landing's group\n"));
        assertThat(audit(settings(topic), topic, "--deep").out())
                .startsWith(
                        "compact-command has no errors: 30 offsets in 4 files of 3 partitions, none lost or duplicated, 30 records "
                                + "the same in Kafka and file.\n");
    }

    /** The command does not read the route: it recognizes envelopes line by line. */
    @Test
    void audit_deep_comparesEnvelopesOfARouteWithItsOwnEnvelopeSetting() throws Exception {
        String topic = "audit-own-envelope";
        TopicProbe.create(topic, 1);
        ProducerRecord<byte[], byte[]> broken =
                new ProducerRecord<>(topic, 0, "key".getBytes(UTF_8), "{\"number\":\n1}".getBytes(UTF_8));
        broken.headers().add("id", "42".getBytes(UTF_8)).add("raw", new byte[] {-1});
        KafkaProbe.send(broken);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, "key".getBytes(UTF_8), null));
        KafkaProbe.send(new ProducerRecord<>(topic, 0, new byte[] {-1}, new byte[] {-2, '\n'}));
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "text".getBytes(UTF_8)));
        Path routes = Files.createDirectory(configuration.resolve("routes"));
        String route = Files.readString(Path.of("routes/landing.camel.yaml"));
        String own = route.replace("envelope: \"{{wadi.landing.envelope}}\"", "envelope: true");
        assertThat(own).isNotEqualTo(route);
        Files.writeString(routes.resolve("landing.camel.yaml"), own);
        Files.copy(Path.of("routes/errors.camel.yaml"), routes.resolve("errors.camel.yaml"));
        Map<String, String> landing = new HashMap<>(settings(topic));
        landing.put("wadi.landing.topics", topic);
        try (RunningWadi wadi = RunningWadi.startConfigured(configuration, landing)) {
            await().until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) >= 4);
            assertThat(HdfsProbe.coveredOffsets("/" + topic, topic)).isEqualTo(4);
        }

        CommandProcess ended = audit(settings(topic), topic, "--deep");
        Map<String, String> switchedOn = new HashMap<>(settings(topic));
        switchedOn.put("wadi.landing.envelope", "true");

        assertThat(audit(switchedOn, topic, "--deep")).isEqualTo(ended);
        assertThat(ended.out())
                .startsWith("audit-own-envelope has no errors: 4 offsets in ")
                .contains("none lost or duplicated, 4 records the same in Kafka and file.\n");
        assertThat(ended.code()).isZero();
    }

    @Test
    void compact_invalidArguments_areReportedWithTheHelpCommand() throws Exception {
        assertThat(compact(Map.of()).inThisJvm(TOPIC, "--below", "much").err())
                .isEqualTo("--below is \"much\", expected a size such as 64KiB or 128MiB. See wadi compact --help\n");
    }

    @Test
    void launcher_misspelledCommand_suggestsTheNearestName() throws Exception {
        CommandProcess ended = CommandProcess.end(new ProcessBuilder("sh", "wadi", "audti", TOPIC));

        assertThat(ended)
                .isEqualTo(new CommandProcess(64, "", "There is no command \"audti\": did you mean ./wadi audit?\n"));
        assertThat(CommandProcess.end(new ProcessBuilder("sh", "wadi", "help")).out())
                .contains(" audit ");
    }

    private CommandProcess audit(Map<String, String> settings, String... words) throws Exception {
        return command("audit", settings).inThisJvm(words);
    }

    private TestedCommand compact(Map<String, String> settings) {
        return command("compact", settings);
    }

    private TestedCommand command(String name, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings(TOPIC));
        all.putAll(settings);
        return TestedCommand.onServers(name, configuration, all);
    }
}
