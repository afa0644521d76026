package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi topics}. */
class TopicsCommandIT {
    @TempDir
    private Path configuration;

    private void declare(String topics) throws Exception {
        Files.writeString(configuration.resolve("topics.yaml"), "topics:\n" + topics);
    }

    private TestedCommand topicsOf(String brokers) {
        return new TestedCommand("topics", configuration, Map.of("wadi.kafka.brokers", brokers));
    }

    private TestedCommand topics() {
        return topicsOf(TestServers.shared().ports().kafkaBrokers());
    }

    private CommandProcess topics(String... words) throws Exception {
        return topics().inThisJvm(words);
    }

    /** Returns the output without the topics that other tests have left in the shared Kafka. */
    private static String declared(CommandProcess ended) {
        return ended.out().replaceFirst("\nUndeclared topics, left unchanged: .*\n", "");
    }

    @Test
    @Nightly(perChange = {"TopicsCommandIT#json_isOneObjectWithTheDocumentedFields", "TopicPlanTest"})
    void apply_appliesThePlanThatDescribeShows() throws Exception {
        TopicProbe.create("command-wide", 3);
        TopicProbe.create("command-keyed", 1);
        declare("""
                  - {name: command-new, partitions: 2, replication: 1, retention: 3d}
                  - {name: command-keyed, partitions: 2, replication: 1, retention: 1d, partitioner: {hash: customer}}
                  - {name: command-wide, partitions: 3, replication: 1}
                """);
        String refused = "partitions 1, declared 2: keys would hash to other partitions afterwards. "
                + "./wadi topics apply --grow-keyed adds the partitions nevertheless\n";

        CommandProcess described = topics().asProcess();
        CommandProcess tried = topics("apply", "--dry-run");
        CommandProcess applied = topics("apply");
        CommandProcess grown = topics("apply", "--grow-keyed");
        CommandProcess after = topics("describe");

        String planned = """
                1 of 3 topics are as declared.

                command-new    does not exist → would create it with partitions 2, replication 1, retention.ms=259200000
                command-keyed  retention 7d, declared 1d → would set retention.ms=86400000
                               %scommand-wide   as declared: partitions 3, replication 1
                """.formatted(refused);
        assertThat(declared(described)).isEqualTo(planned);
        assertThat(described.code()).isEqualTo(1);
        assertThat(declared(tried)).isEqualTo(planned);
        assertThat(tried.code()).isEqualTo(1);
        assertThat(declared(applied)).isEqualTo("""
                        2 of 3 topics are as declared.

                        command-new    does not exist → done: create it with partitions 2, replication 1, retention.ms=259200000
                        command-keyed  retention 7d, declared 1d → done: set retention.ms=86400000
                                       %scommand-wide   as declared: partitions 3, replication 1
                        """.formatted(refused));
        assertThat(applied.code()).isEqualTo(1);
        assertThat(grown.out()).contains("partitions 1, declared 2 → done: grow it to 2 partitions\n");
        assertThat(grown.code()).isZero();
        assertThat(declared(after)).isEqualTo("""
                        All 3 topics are as declared.

                        command-new    as declared: partitions 2, replication 1
                        command-keyed  as declared: partitions 2, replication 1
                        command-wide   as declared: partitions 3, replication 1
                        """);
        assertThat(after.code()).isZero();
        assertThat(List.of(described.err(), tried.err(), applied.err(), grown.err(), after.err()))
                .containsOnly("");
    }

    @Test
    void json_isOneObjectWithTheDocumentedFields() throws Exception {
        declare("  - {name: command-json, partitions: 2, replication: 1}\n");

        CommandProcess ended = topics("--json");

        JsonNode report = new ObjectMapper().readTree(ended.out());
        assertThat(ended.code()).isEqualTo(1);
        assertThat(report.fieldNames()).toIterable().containsExactly("version", "asDeclared", "topics", "undeclared");
        assertThat(report.get("version").asInt()).isEqualTo(1);
        assertThat(report.get("asDeclared").asBoolean()).isFalse();
        assertThat(report.get("topics").get(0)).hasToString("""
                        {"topic":"command-json","asDeclared":false,"partitions":null,"replication":null,"changes":[{\
                        "difference":"does not exist","action":"create it with partitions 2, replication 1",\
                        "state":"PLANNED","failure":null}],"rejected":[],"notes":[]}""");
    }

    @Test
    void existingTopics_areListedAndDescribed() throws Exception {
        TopicProbe.create("command-listed", 2, Map.of("retention.ms", "3600000"));
        KafkaProbe.send(new ProducerRecord<>("command-listed", 1, null, new byte[1]));
        declare("  - {name: command-other, partitions: 2, replication: 1}\n");

        assertThat(topics("list").out())
                .contains("command-listed: partitions 2, replication 1, offsets 1, not declared\n");
        assertThat(topics("list", "--json").out()).contains("\"topic\" : \"command-listed\"");
        CommandProcess described = topics("describe", "command-listed");
        assertThat(described.out()).matches("""
                command-listed: not declared
                retention.ms=3600000
                partition 0: leader (\\d+), replicas \\[\\1], in sync \\[\\1], offsets 0 to 0
                partition 1: leader \\1, replicas \\[\\1], in sync \\[\\1], offsets 0 to 1
                """);
        assertThat(described.code()).isZero();
        assertThat(topics("describe", "command-nothing"))
                .isEqualTo(new CommandProcess(2, "", "There is no topic \"command-nothing\".\n"));
    }

    @Test
    void topics_areDeletedOnceConfirmed() throws Exception {
        TopicProbe.create("command-deleted", 1);
        TopicProbe.create("command-deleted-too", 2);
        TopicProbe.create("command-kept", 1);
        KafkaProbe.send(new ProducerRecord<>("command-deleted", 0, null, new byte[1]));
        declare("  - {name: command-deleted, partitions: 1, replication: 1}\n");
        String question = """
                command-deleted: partitions 1, replication 1, offsets 1
                command-deleted-too: partitions 2, replication 1, offsets 0, not declared
                Type yes to delete them with all their records:\s
                """;

        assertThat(topics("delete", "command-kept", "command-nothing"))
                .isEqualTo(new CommandProcess(2, "", "There is no topic \"command-nothing\".\n"));
        assertThat(delete("y\n"))
                .isEqualTo(new CommandProcess(1, "", question + "Not confirmed: nothing was deleted.\n"));
        assertThat(delete("")).isEqualTo(new CommandProcess(1, "", question + "Not confirmed: nothing was deleted.\n"));
        CommandProcess unconfirmed = topics("delete", "command-kept", "--json");
        assertThat(unconfirmed.code()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(unconfirmed.out())).hasToString("{\"deleted\":[]}");
        assertThat(listed()).contains("command-deleted", "command-deleted-too", "command-kept");

        assertThat(delete("yes\n"))
                .isEqualTo(new CommandProcess(0, "Deleted command-deleted.\nDeleted command-deleted-too.\n", question));
        CommandProcess asJson = topics("delete", "command-kept", "--yes", "--json");
        assertThat(new ObjectMapper().readTree(asJson.out())).hasToString("{\"deleted\":[\"command-kept\"]}");
        // Kafka may list a topic for a moment after its deletion.
        await().untilAsserted(() ->
                assertThat(listed()).doesNotContain("command-deleted", "command-deleted-too", "command-kept"));
    }

    private CommandProcess delete(String input) throws Exception {
        return topics().inThisJvm(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        "delete",
                        "command-deleted",
                        "command-deleted-too");
    }

    private List<String> listed() throws Exception {
        return topics("list")
                .out()
                .lines()
                .map(each -> each.substring(0, each.indexOf(':')))
                .toList();
    }

    @Test
    void unreachableKafka_exitsWith2AndOneLine() throws Exception {
        declare("  - {name: a, partitions: 2, replication: 1}\n");
        String away = "localhost:" + Ports.free();

        assertThat(topicsOf(away).asProcess("apply"))
                .isEqualTo(new CommandProcess(
                        2,
                        "",
                        "Could not check the topics: TimeoutException: Kafka at " + away + " does not respond\n"));
    }

    @Test
    void mistakesInTheFile_areReportedTogether() throws Exception {
        declare("  - {name: a, partitions: two, replicas: 1}\n");

        assertThat(topics().inThisJvm()).isEqualTo(new CommandProcess(2, "", """
                        Could not check the topics: topics.yaml line 2, column 27: a: partitions is "two", expected a whole \
                        number from 1
                        topics.yaml line 2, column 32: a: replicas: unknown field; expected one of name, partitions, \
                        replication, retention, cleanup, min-isr, timestamp, max-message, config, receipts, partitioner, \
                        producer, ingest, deduplicate
                        """));
    }

    @Test
    void invalidArguments_areReportedWithTheHelpCommand() throws Exception {
        assertThat(topics("aply"))
                .isEqualTo(
                        new CommandProcess(2, "", "\"aply\" is unknown; did you mean apply? See wadi topics --help\n"));
        assertThat(topics("--dry-run"))
                .isEqualTo(new CommandProcess(2, "", "--dry-run is an option of apply. See wadi topics --help\n"));
    }

    @Test
    void launcher_suggestsAndListsTheCommand() throws Exception {
        assertThat(CommandProcess.end(new ProcessBuilder("sh", "wadi", "topisc"))
                        .err())
                .isEqualTo("There is no command \"topisc\": did you mean ./wadi topics?\n");
        assertThat(CommandProcess.end(new ProcessBuilder("sh", "wadi", "help")).out())
                .contains(" topics ");
    }
}
