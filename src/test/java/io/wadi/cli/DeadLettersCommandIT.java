package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.DeadLetterWriter;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi dead-letters}. */
class DeadLettersCommandIT {
    private static final String DEAD_LETTERS = "command-dead-letters";
    private static final String TOPIC = "command-origin";
    private static final String PARTITION = "__connect.errors.partition";
    private static final String OFFSET = "__connect.errors.offset";

    @TempDir
    private Path configuration;

    @BeforeAll
    static void write() throws Exception {
        TopicProbe.create(DEAD_LETTERS, 1);
        TopicProbe.create(TOPIC, 3);
        DeadLetterWriter deadLetters = new DeadLetterWriter(DEAD_LETTERS, TOPIC);
        deadLetters.write(
                "indexing", "2@17", "a.b.Refused", "index x refused 17 with 400 mapping", "v17", "wadi-attempts", "3");
        deadLetters.write(
                "indexing",
                "2@18",
                "a.b.Refused",
                "index x refused 18 with 400 mapping",
                "v18",
                "wadi-id",
                "~shop~own");
        deadLetters.write(
                "indexing", "1@19", "a.b.Refused", "index x refused 19 with 400 mapping", "v19", "trace", "t");
        deadLetters.write("landing", "0@1", "a.b.TooLong", "a line\nbreak", "v1\nkey       k2");
        ProducerRecord<byte[], byte[]> withoutSourceTopic = new ProducerRecord<>(DEAD_LETTERS, "lost".getBytes(UTF_8));
        KafkaProbe.send(withoutSourceTopic);
    }

    private TestedCommand command() {
        return command(Map.of("wadi.dead-letters.topic", DEAD_LETTERS));
    }

    private TestedCommand command(Map<String, String> settings) {
        return TestedCommand.onServers("dead-letters", configuration, settings);
    }

    private CommandProcess command(String... words) throws Exception {
        return command().inThisJvm(words);
    }

    @Test
    @Nightly(perChange = {"DeadLettersCommandIT#replay_sendsRecordsToTheirTopic_upToMaxAttempts", "DeadLetterTest"})
    void list_groupsByRouteTopicAndCause_mostFrequentFirst() throws Exception {
        CommandProcess listed = command().asProcess();
        assertThat(listed.code()).as(listed.err()).isZero();
        assertThat(listed.out())
                .startsWith("5 dead letters\n\n3 in route indexing, of topic command-origin, ")
                .contains("  Refused: index x refused # with # mapping\n  the last one: ./wadi dead-letters show 0:2\n")
                .contains("1 in route landing, of topic command-origin, at ");

        JsonNode json = new ObjectMapper()
                .readTree(command("list", "--json", "--cause", "LINE").out());
        assertThat(json).hasSize(1);
        assertThat(json.get(0).path("route").asText()).isEqualTo("landing");
        assertThat(command("--route", "none").out()).isEqualTo("0 dead letters selected\n");
        assertThat(command("--since", "2099-01-01T00:00:00Z").out()).startsWith("0 dead letters");
        assertThat(command("--since", "1h", "--topic", TOPIC).out()).startsWith("4 dead letters");
    }

    @Test
    @Nightly(
            perChange = {"DeadLettersCommandIT#replay_sendsRecordsToTheirTopic_upToMaxAttempts", "DeadLetterSenderTest"
            })
    void show_printsAllFieldsOfADeadLetter() throws Exception {
        CommandProcess shown = command("show", "0:2");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).startsWith("at        0:2, written ").endsWith("""
                        from      command-origin-1@19, route indexing, replayed 0 times
                        cause     Refused: index x refused 19 with 400 mapping
                        key       k19
                        header    trace: t
                        value     v19

                        """);
        assertThat(command().asProcess("show", "0:99").code()).isEqualTo(1);
    }

    @Test
    void show_indentsTheLinesOfARecord() throws Exception {
        assertThat(command("show", "0:3").out()).endsWith("""
                        cause     TooLong: a line
                                  break
                        key       k1
                        value     v1
                                  key       k2

                        """);
    }

    @Test
    void replay_sendsRecordsToTheirTopic_upToMaxAttempts() throws Exception {
        CommandProcess tried = command("replay", "--route", "indexing", "--dry-run");
        assertThat(tried.out()).isEqualTo("""
                0:1 would be replayed to command-origin
                0:2 would be replayed to command-origin
                2 would be replayed
                1 skipped: replayed 3 times already; replay them with --max-attempts 4
                """);
        assertThat(KafkaProbe.readAll(TOPIC)).isEmpty();

        CommandProcess replayed = command("replay", "--route", "indexing");
        assertThat(replayed.code()).as(replayed.err()).isEqualTo(1);
        assertThat(replayed.out()).contains("2 replayed\n", "1 skipped");
        List<ConsumerRecord<byte[], byte[]>> back = KafkaProbe.readAll(TOPIC);
        assertThat(back).extracting(ConsumerRecord::partition).containsExactly(1, 2);
        assertThat(headers(back.get(0)))
                .containsExactly("trace=t", "wadi-attempts=1", "wadi-origin=command-origin+1+19");
        assertThat(headers(back.get(1)))
                .containsExactly("wadi-id=~shop~own", "wadi-attempts=1", "wadi-origin=command-origin+2+18");
        assertThat(back).extracting(record -> new String(record.value(), UTF_8)).containsExactly("v19", "v18");
        assertThat(back).extracting(record -> new String(record.key(), UTF_8)).containsExactly("k19", "k18");

        CommandProcess more = command("replay", "0:0", "--max-attempts", "4");
        assertThat(more.code()).isZero();
        assertThat(headers(KafkaProbe.read(TOPIC, 2, 1)))
                .containsExactly("wadi-attempts=4", "wadi-origin=command-origin+2+17");
        assertThat(command("replay", "0:4").out()).contains("1 skipped: their headers do not name the original topic");

        CommandProcess missing = command("replay", "0:0", "0:99", "7:0", "--max-attempts", "9", "--dry-run");
        assertThat(missing.out()).isEqualTo("""
                0:0 would be replayed to command-origin
                1 would be replayed
                2 of the given dead letters do not exist
                """);
        assertThat(missing.code()).isEqualTo(1);
        assertThat(command("replay", "0:0", "--route", "none").out())
                .isEqualTo("0 replayed\n1 of the given dead letters does not exist in this selection\n");
    }

    @Test
    void replayedEvents_areValidatedLikeNewRequests() throws Exception {
        String deadLetters = "command-dead-letters-events";
        TopicProbe.create(deadLetters, 1);
        TopicProbe.create("command-events", 3);
        Files.writeString(configuration.resolve("order.json"), "{\"properties\":{\"total\":{\"minimum\":0}}}");
        Path topics =
                Files.writeString(configuration.resolve("topics.yaml"), Files.readString(Path.of("topics.yaml")) + """
                  - name: command-events
                    partitions: 3
                    partitioner: {hash: city, pin: {Pangyo: 1}, missing-key: refuse}
                    ingest: {schema: order.json, key: /place}
                """);
        sendDeadLetter(deadLetters, "command-events", "{\"place\":{\"city\":\"Pangyo\"},\"total\":-1}");
        sendDeadLetter(deadLetters, "command-events", "{\"place\":{\"city\":\"Pangyo\"},\"total\":1}", "trace", "t");
        sendDeadLetter(deadLetters, "command-events", "no json");
        sendDeadLetter(deadLetters, "command-events", "{\"total\":2}");
        sendDeadLetter(deadLetters, "command-events", "{\"total\":3}", "__connect.errors.partition", "2");
        TestedCommand command =
                command(Map.of("wadi.dead-letters.topic", deadLetters, "wadi.topics-file", topics.toString()));

        CommandProcess tried = command.inThisJvm("replay", "--all", "--dry-run");
        assertThat(tried.out()).isEqualTo("""
                0:1 would be replayed to command-events
                0:4 would be replayed to command-events
                2 would be replayed
                3 skipped: their topic rejects them. The first is 0:0 for command-events: /total: found a smaller number, \
                expected at least 0
                """);
        assertThat(KafkaProbe.readAll("command-events")).isEmpty();
        assertThat(command.inThisJvm("replay", "0:2").out())
                .contains("0:2 for command-events: the topic has a schema,");
        assertThat(command.inThisJvm("replay", "0:3").out()).contains("0:3 for command-events: ", "\"city\"");

        assertThat(command.inThisJvm("replay", "--all").code()).isEqualTo(1);
        List<ConsumerRecord<byte[], byte[]>> back = KafkaProbe.readAll("command-events");
        assertThat(back).extracting(ConsumerRecord::partition).containsExactly(1, 2);
        assertThat(back.get(0).key()).asString(UTF_8).isEqualTo("{\"city\":\"Pangyo\"}");
        assertThat(back.get(0).value()).asString(UTF_8).isEqualTo("{\"place\":{\"city\":\"Pangyo\"},\"total\":1}");
        assertThat(headers(back.get(0))).containsExactly("trace=t", "wadi-attempts=1");
    }

    @Test
    void deadLettersThatCannotBeSent_areSkipped_andTheOthersAreReplayed() throws Exception {
        String deadLetters = "command-dead-letters-unsendable";
        String topic = "command-unsendable";
        TopicProbe.create(deadLetters, 1);
        TopicProbe.create(topic, 2);
        sendDeadLetter(deadLetters, topic, "first", OFFSET, "0");
        sendDeadLetter(deadLetters, topic, "no number", OFFSET, "1", PARTITION, "x");
        sendDeadLetter(deadLetters, topic, "negative", OFFSET, "2", PARTITION, "-1");
        sendDeadLetter(deadLetters, topic, "of a larger topic", OFFSET, "3", PARTITION, "2");
        sendDeadLetter(deadLetters, "command-deleted", "of a deleted topic", OFFSET, "4", PARTITION, "0");
        sendDeadLetter(deadLetters, "no topic's name", "of no topic", OFFSET, "5", PARTITION, "0");
        sendDeadLetter(deadLetters, topic, "last", OFFSET, "6", PARTITION, "1");
        TestedCommand command = command(Map.of("wadi.dead-letters.topic", deadLetters));

        CommandProcess tried = command.inThisJvm("replay", "--all", "--dry-run");
        assertThat(tried.out()).isEqualTo("""
                0:0 would be replayed to command-unsendable
                0:6 would be replayed to command-unsendable
                2 would be replayed
                5 skipped: their topic rejects them. The first is 0:1 for command-unsendable: partition 'x' in the dead \
                letter's headers is invalid, expected a number
                """);
        assertThat(command.inThisJvm("replay", "0:3").out())
                .contains("0:3 for command-unsendable: the topic has no partition 2, expected one of 0 to 1");
        assertThat(command.inThisJvm("replay", "0:4").out())
                .contains("0:4 for command-deleted: the topic does not exist");
        assertThat(KafkaProbe.readAll(topic)).isEmpty();

        assertThat(command.inThisJvm("replay", "--all").code()).isEqualTo(1);
        assertThat(KafkaProbe.readAll(topic))
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactlyInAnyOrder("first", "last");
    }

    private static void sendDeadLetter(String deadLetters, String meantFor, String value, String... headers)
            throws Exception {
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>(deadLetters, value.getBytes(UTF_8));
        deadLetter.headers().add("__connect.errors.topic", meantFor.getBytes(UTF_8));
        for (int i = 0; i < headers.length; i += 2) {
            deadLetter.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        KafkaProbe.send(deadLetter);
    }

    @Test
    void replayOfARejectedEvent_intoAnAvroTopicWithAnUnknownSchema_isSkipped() throws Exception {
        String deadLetters = "command-dead-letters-avro";
        TopicProbe.create(deadLetters, 1);
        TopicProbe.create("in-avro", 1);
        sendDeadLetter(deadLetters, "in-avro", "{\"n\":\"x\"}");
        Path topics = Files.writeString(
                configuration.resolve("topics.yaml"),
                Files.readString(Path.of("topics.yaml"))
                        + "  - {name: in-avro, partitions: 1, ingest: {avro: in-avro-value}}\n");

        CommandProcess replayed = command(Map.of(
                        "wadi.dead-letters.topic",
                        deadLetters,
                        "wadi.topics-file",
                        topics.toString(),
                        "wadi.schema-registry.url",
                        "http://localhost:1"))
                .inThisJvm("replay", "--all");

        assertThat(replayed.out())
                .isEqualTo("0 replayed\n"
                        + "1 skipped: their topic rejects them. The first is 0:0 for in-avro: the topic's Avro"
                        + " schema is not known yet\n");
        assertThat(replayed.code()).isEqualTo(1);
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header each : record.headers()) {
            headers.add(each.key() + "=" + new String(each.value(), UTF_8));
        }
        return headers;
    }

    @Test
    void missingTopic_isNotAnEmptyOne() throws Exception {
        TestedCommand elsewhere = command(Map.of("wadi.dead-letters.topic", "command-dead-letter"));

        for (String[] words : List.of(new String[0], new String[] {"show", "0:1"}, new String[] {"replay", "--all"})) {
            assertThat(elsewhere.inThisJvm(words))
                    .isEqualTo(new CommandProcess(
                            2,
                            "",
                            "There is no topic \"command-dead-letter\" (wadi.dead-letters.topic) in this Kafka cluster:"
                                    + " ./wadi topics apply creates the declared topics.\n"));
        }
    }

    @Test
    void invalidArguments_areReportedInOneLine() throws Exception {
        assertThat(command("replay").err())
                .startsWith("replay requires a selection or --all. See wadi dead-letters replay --help");
        assertThat(command("replay", "--all", "0:1").code()).isEqualTo(2);
        assertThat(command("replay", "--dry-run", "--cause", ""))
                .isEqualTo(new CommandProcess(
                        2, "", "--cause is \"\", expected a part of a cause. See wadi dead-letters replay --help\n"));
        assertThat(command("show").err()).isEqualTo("PARTITION:OFFSET is missing. See wadi dead-letters show --help\n");
        assertThat(command("--json", "show", "0:1").err()).startsWith("--json is an option of list. ");
        assertThat(command("--json", "replay", "--all").err()).startsWith("--json is an option of list. ");
        assertThat(command("lost").err()).startsWith("\"lost\" is unknown; did you mean list? ");
        assertThat(command("--since", "yesterday").err())
                .startsWith("--since is \"yesterday\", expected a time such as ");
        assertThat(command("replay", "--all", "--max-attempts", "0").err())
                .startsWith("--max-attempts is \"0\", expected a number from 1");
    }
}
