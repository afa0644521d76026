package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.KafkaProcess;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OtherLocale;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi records}. */
class RecordsCommandIT {
    @TempDir
    private Path configuration;

    private TestedCommand recordsOf(String brokers) {
        return new TestedCommand("records", configuration, Map.of("wadi.kafka.brokers", brokers));
    }

    private TestedCommand records() {
        return recordsOf(TestServers.shared().ports().kafkaBrokers());
    }

    private CommandProcess records(String... words) throws Exception {
        return records().inThisJvm(words);
    }

    private static void send(String topic, int partition, int second, String key) throws Exception {
        KafkaProbe.send(new ProducerRecord<>(
                topic, partition, second * 1000L, key.getBytes(UTF_8), ("{\"n\":" + second + "}").getBytes(UTF_8)));
    }

    @Test
    @Nightly(
            perChange = {
                "RecordsCommandIT#records_fromADuration_areThoseSinceThen",
                "RecordsCommandIT#follow_printsNewRecords_alsoAsJson"
            })
    void read_startsAtAnOffsetOrTime_filteredByPartitionAndKey() throws Exception {
        TopicProbe.create("records-read", 2);
        send("records-read", 0, 1, "a");
        send("records-read", 0, 2, "b");
        send("records-read", 0, 3, "a");
        send("records-read", 1, 4, "a");

        assertThat(records().asProcess("records-read", "--to-end", "--partition", "0"))
                .isEqualTo(new CommandProcess(0, """
                        0@0  1970-01-01T00:00:01Z  a  {"n":1}
                        0@1  1970-01-01T00:00:02Z  b  {"n":2}
                        0@2  1970-01-01T00:00:03Z  a  {"n":3}
                        """, ""));
        assertThat(records("records-read", "--to-end", "--from", "2", "--partition", "0")
                        .out())
                .isEqualTo("0@2  1970-01-01T00:00:03Z  a  {\"n\":3}\n");
        assertThat(records("records-read", "--to-end", "--from", "1970-01-01T00:00:03Z")
                        .out()
                        .lines())
                .containsExactlyInAnyOrder(
                        "0@2  1970-01-01T00:00:03Z  a  {\"n\":3}", "1@0  1970-01-01T00:00:04Z  a  {\"n\":4}");
        assertThat(records("records-read", "--partition", "0", "--key", "a", "--max", "2")
                        .out())
                .isEqualTo("0@0  1970-01-01T00:00:01Z  a  {\"n\":1}\n0@2  1970-01-01T00:00:03Z  a  {\"n\":3}\n");
        assertThat(records("records-read", "--to-end", "--from", "latest").out())
                .isEmpty();
    }

    @Test
    void follow_printsNewRecords_alsoAsJson() throws Exception {
        TopicProbe.create("records-followed", 1);
        send("records-followed", 0, 1, "a");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Integer> following = CompletableFuture.supplyAsync(() -> {
            try {
                return records()
                        .inThisJvm(out, OutputStream.nullOutputStream(), "records-followed", "--max", "2", "--json");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> out.toString(UTF_8).lines().count() >= 1);
        assertThat(following).isNotDone();
        send("records-followed", 0, 2, "b");

        assertThat(following.get(2, TimeUnit.MINUTES)).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("""
                {"topic":"records-followed","partition":0,"offset":0,"time":"1970-01-01T00:00:01Z","key":"a","headers":[],"value":{"n":1}}
                {"topic":"records-followed","partition":0,"offset":1,"time":"1970-01-01T00:00:02Z","key":"b","headers":[],"value":{"n":2}}
                """);
    }

    @Test
    void records_fromADuration_areThoseSinceThen() throws Exception {
        TopicProbe.create("records-recent", 1);
        send("records-recent", 0, 1, "old");
        KafkaProbe.send(new ProducerRecord<>("records-recent", 0, "new".getBytes(UTF_8), "now".getBytes(UTF_8)));

        assertThat(records("records-recent", "--from", "2h", "--to-end").out())
                .startsWith("0@1  ")
                .endsWith("  new  now\n")
                .hasLineCount(1);
        assertThat(records("records-recent", "--from", "yesterday").err())
                .startsWith("--from is \"yesterday\", expected ");
        assertThat(records("records-recent", "--max", "few").err())
                .startsWith("--max is \"few\", expected a whole number. ");
        assertThat(records("records-recent", "--send", "x", "--header", "id").err())
                .startsWith("--header is \"id\", expected NAME=VALUE. ");
    }

    @Test
    void send_withoutAcknowledgement_printsNoOffset() throws Exception {
        TopicProbe.create("records-acks", 1);
        Files.writeString(configuration.resolve("topics.yaml"), """
                topics:
                  - {name: records-acks, partitions: 1, receipts: none, producer: {acks: 0}}
                """);

        assertThat(records("records-acks", "--send", "x"))
                .isEqualTo(new CommandProcess(0, "records-acks: 0@unknown\n", ""));
        assertThat(records("records-acks", "--send", "x", "--json").out())
                .isEqualTo("{\"topic\":\"records-acks\",\"partition\":0,\"offset\":null}\n");
    }

    /** JSON has ASCII digits only. */
    @Test
    void send_printsAValidReceiptInAnyLocale() throws Exception {
        TopicProbe.create("records-locale", 1);
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(records("records-locale", "--send", "x", "--json").out())
                    .isEqualTo("{\"topic\":\"records-locale\",\"partition\":0,\"offset\":0}\n");
        });
    }

    @Test
    void send_sendsOneRecord_andPrintsItsReceipt() throws Exception {
        TopicProbe.create("records-send", 3);

        CommandProcess sent =
                records("records-send", "--send", "{\"a\":1}", "--key", "k", "--header", "id=7", "--partition", "2");

        assertThat(sent).isEqualTo(new CommandProcess(0, "records-send: 2@0\n", ""));
        ConsumerRecord<byte[], byte[]> found = KafkaProbe.read("records-send", 2, 0);
        assertThat(List.of(
                        new String(found.key(), UTF_8),
                        new String(found.value(), UTF_8),
                        KafkaProbe.header(found, "id")))
                .containsExactly("k", "{\"a\":1}", "7");
    }

    @Test
    void send_withATime_setsAnEarlierTimestamp() throws Exception {
        TopicProbe.create("records-earlier", 1);

        records("records-earlier", "--send", "then", "--at", "2026-11-20T12:00:00Z");
        Instant before = Instant.now().minus(Duration.ofHours(2));
        records("records-earlier", "--send", "so long ago", "--at", "2h");

        assertThat(KafkaProbe.read("records-earlier", 0, 0).timestamp())
                .isEqualTo(Instant.parse("2026-11-20T12:00:00Z").toEpochMilli());
        assertThat(KafkaProbe.read("records-earlier", 0, 1).timestamp())
                .isBetween(
                        before.toEpochMilli(),
                        Instant.now().minus(Duration.ofHours(2)).toEpochMilli());
        assertThat(records("records-earlier", "--send", "x", "--at", "latest").err())
                .startsWith(
                        "--at is \"latest\", expected a time such as 2026-11-20T10:00:00Z or a duration such as 2h. ");
        assertThat(records("records-earlier", "--send", "x", "--at", "soon").err())
                .startsWith(
                        "--at is \"soon\", expected a time such as 2026-11-20T10:00:00Z or a duration such as 2h. ");
        assertThat(records("records-earlier", "--at", "2h").err())
                .startsWith(
                        "--from, --max and --to-end are only valid for reading, --header and --at only with --send. ");
    }

    @Test
    @Nightly(
            perChange = {
                "RecordsCommandIT#records_fromADuration_areThoseSinceThen",
                "LagCommandIT#unknownGroup_exitsWith2AndOneLine"
            })
    void missingTopicOrPartition_exitsWith2AndOneLine() throws Exception {
        TopicProbe.create("records-small", 1);

        assertThat(records().asProcess("records-none"))
                .isEqualTo(new CommandProcess(2, "", "There is no topic \"records-none\".\n"));
        assertThat(records("records-small", "--partition", "1"))
                .isEqualTo(new CommandProcess(2, "", "There is no partition 1 of records-small: it has 0 to 0.\n"));
        assertThat(records("records-small", "--partition", "0", "--from", "9"))
                .isEqualTo(
                        new CommandProcess(2, "", "Offset 9 does not exist: Kafka has 0 to 0 of records-small-0.\n"));
        assertThat(records("records-small", "--form", "9").err())
                .startsWith("\"--form\" is unknown; did you mean --from? See wadi records --help");
        assertThat(records("records-small", "--send", "x", "--to-end").err())
                .startsWith(
                        "--from, --max and --to-end are only valid for reading, --header and --at only with --send. ");
    }

    @Test
    @Nightly(perChange = "TopicsCommandIT#unreachableKafka_exitsWith2AndOneLine")
    void frozenKafka_exitsWith2AndOneLine(@TempDir Path directory) throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
                admin.createTopics(List.of(new NewTopic("frozen", 1, (short) 1)))
                        .all()
                        .get();
            }
            kafka.freeze();
            try {
                CommandProcess ended = recordsOf(kafka.brokers()).inThisJvm("frozen");

                assertThat(ended.code()).isEqualTo(2);
                assertThat(ended.out()).isEmpty();
                assertThat(ended.err())
                        .startsWith("Command failed: TimeoutException: ")
                        .hasLineCount(1);
            } finally {
                kafka.thaw();
            }
        }
    }
}
