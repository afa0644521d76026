package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's tools with a real broker, in this JVM, where calls of exit are intercepted. */
class KafkaToolIT {
    private static final String TOPIC = "kafka-tool";

    private final PrintStream usual = System.out;

    @TempDir
    private Path directory;

    /** The first exit code: some tools catch the exception that replaces the exit, and exit again. */
    private int exitCode;

    /** Replaces the exit of a tool. */
    private static final class Exited extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exited(int code, String message) {
            super("exit code " + code + ": " + message);
        }
    }

    @BeforeEach
    void catchExits() {
        Exit.setExitProcedure((code, message) -> {
            exitCode = exitCode < 0 ? code : exitCode;
            throw new Exited(code, message);
        });
    }

    @AfterEach
    void restore() {
        Exit.resetExitProcedure();
        System.setOut(usual);
    }

    private String run(String tool, String... options) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, UTF_8));
        List<String> all = new ArrayList<>(List.of(tool));
        all.addAll(List.of(options));
        if (!tool.equals("dump-log")) {
            boolean isCluster = tool.equals("cluster");
            all.addAll(
                    isCluster ? 2 : 1,
                    List.of("--bootstrap-server", TestServers.shared().ports().kafkaBrokers()));
        }
        exitCode = -1;
        try {
            KafkaTool.main(all.toArray(String[]::new));
        } catch (Exited e) {
            if (exitCode != 0) {
                throw new Exited(exitCode, out.toString(UTF_8));
            }
        } finally {
            System.setOut(usual);
        }
        return out.toString(UTF_8);
    }

    @Test
    void tools_createWriteReadMeasureAndEmptyATopic() throws Exception {
        run("topics", "--create", "--topic", TOPIC, "--partitions", "1", "--replication-factor", "1");
        TopicProbe.awaitLeaders(TOPIC, 1);
        assertThat(run("topics", "--describe", "--topic", TOPIC)).contains("PartitionCount: 1");
        assertThat(run(
                        "configs",
                        "--alter",
                        "--entity-type",
                        "topics",
                        "--entity-name",
                        TOPIC,
                        "--add-config",
                        "retention.ms=3600000"))
                .contains("Completed updating config");
        // The broker applies a change some time after its response.
        await().until(() -> run("configs", "--describe", "--entity-type", "topics", "--entity-name", TOPIC)
                .contains("retention.ms=3600000"));

        assertThat(run(
                        "producer-perf-test",
                        "--topic",
                        TOPIC,
                        "--num-records",
                        "200",
                        "--record-size",
                        "10",
                        "--throughput",
                        "-1"))
                .contains("200 records sent");
        assertThat(run("get-offsets", "--topic", TOPIC)
                        .lines()
                        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1)))
                        .sum())
                .isEqualTo(200);
        assertThat(run("consumer-perf-test", "--topic", TOPIC, "--num-records", "200", "--group", TOPIC))
                .contains("200");
        assertThat(run("consumer-groups", "--describe", "--group", TOPIC)).contains(TOPIC);
        assertThat(run("groups", "--list")).contains(TOPIC);

        Path offsets = Files.writeString(
                directory.resolve("delete.json"),
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":-1}]}".formatted(TOPIC));
        run("delete-records", "--offset-json-file", offsets.toString());
        assertThat(run("get-offsets", "--topic", TOPIC, "--time", "earliest").strip())
                .isEqualTo(TOPIC + ":0:200");
    }

    @Test
    void tools_describeTheCluster() throws Exception {
        TopicProbe.create("kafka-tool-log-dirs", 1);

        assertThat(run("cluster", "cluster-id")).contains("Cluster ID");
        assertThat(run("broker-api-versions")).contains("Produce(0)");
        assertThat(run("features", "describe")).contains("metadata.version");
        await().until(() -> run("log-dirs", "--describe", "--topic-list", "kafka-tool-log-dirs")
                .contains("kafka-tool-log-dirs-0"));
        assertThat(run("metadata-quorum", "describe", "--status")).contains("LeaderId");
    }

    @Test
    void tools_planAReassignment_andReportThatThereIsNoAuthorizer() throws Exception {
        String topic = "kafka-tool-reassign";
        TopicProbe.create(topic, 1);
        Path topics = Files.writeString(
                directory.resolve("topics.json"), "{\"version\":1,\"topics\":[{\"topic\":\"%s\"}]}".formatted(topic));
        assertThat(run(
                        "reassign-partitions",
                        "--generate",
                        "--topics-to-move-json-file",
                        topics.toString(),
                        "--broker-list",
                        "1"))
                .contains("Proposed partition reassignment configuration", "\"replicas\":[1]");
        assertThatThrownBy(() -> run("acls", "--list")).hasMessageContaining("No Authorizer is configured");
    }

    @Test
    void dumpLog_printsTheRecordsOfASegment() throws Exception {
        String topic = "kafka-tool-segment";
        TopicProbe.create(topic, 1);
        KafkaProbe.send(new ProducerRecord<>(topic, "stored".getBytes(UTF_8)));
        Matcher logs = Pattern.compile("\"logDir\":\"([^\"]+)\"")
                .matcher(run("log-dirs", "--describe", "--topic-list", topic));
        assertThat(logs.find()).isTrue();
        Path segment = Path.of(logs.group(1), topic + "-0", "00000000000000000000.log");
        assumeThat(segment).as("the broker is in a container").exists();
        assertThat(run("dump-log", "--print-data-log", "--files", segment.toString()))
                .contains("payload: stored");
    }

    @Test
    void failingTool_exitsWithItsOwnCode() {
        assertThatThrownBy(() -> run("topics", "--describe", "--topic", "kafka-tool-absent"))
                .isInstanceOf(Exited.class)
                .hasMessageStartingWith("exit code 1");
    }
}
