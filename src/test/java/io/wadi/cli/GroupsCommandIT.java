package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.ForeignMember;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./wadi groups}. */
@Execution(ExecutionMode.CONCURRENT)
class GroupsCommandIT {
    @TempDir
    private Path configuration;

    private TestedCommand groupsOf(String brokers) {
        return new TestedCommand(
                "groups",
                configuration,
                Map.of(
                        "wadi.kafka.brokers",
                        brokers,
                        "wadi.hdfs.uri",
                        TestServers.shared().ports().hdfsUri(),
                        "wadi.landing.group",
                        "groups-landing"));
    }

    private TestedCommand groups() {
        return groupsOf(TestServers.shared().ports().kafkaBrokers());
    }

    private CommandProcess groups(String... words) throws Exception {
        return groups().inThisJvm(words);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String group) {
        return consumer(group, "reader");
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String group, String client) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "group.id",
                        group,
                        "client.id",
                        client,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Returns the timestamp of the first record. The others follow at intervals of a second, all within Kafka's
     * retention.
     */
    private static Instant twoDaysAgo() {
        return Instant.now().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    }

    private static void tenRecords(String topic) throws Exception {
        tenRecords(topic, twoDaysAgo());
    }

    private static void tenRecords(String topic, Instant first) throws Exception {
        TopicProbe.create(topic, 1);
        for (int i = 0; i < 10; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, first.plusSeconds(i).toEpochMilli(), null, new byte[1]));
        }
    }

    private static long committed(String group) throws Exception {
        return GroupProbe.committed(group).get(new TopicPartition(group, 0)).offset();
    }

    @Test
    @Nightly(
            perChange = {
                "GroupsCommandIT#reset_withATopic_createsTheGroup_butNotInADryRun",
                "GroupsCommandIT#groupWithMembers_isDescribed_andItsResetIsRejected",
                "ResetTargetTest"
            })
    void reset_printsThePlan_andAppliesItOnlyWithTheOption() throws Exception {
        Instant first = twoDaysAgo();
        tenRecords("groups-reset", first);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("groups-reset")) {
            consumer.commitSync(Map.of(new TopicPartition("groups-reset", 0), new OffsetAndMetadata(5)));
        }

        CommandProcess shown = groups().asProcess("reset", "groups-reset", "--to", "earliest");
        assertThat(shown).isEqualTo(new CommandProcess(0, """
                groups-reset-0: committed 5 → would be set to 0
                Dry run: nothing was set; use --apply to set the offsets.
                """, ""));
        assertThat(committed("groups-reset")).isEqualTo(5);

        assertThat(groups("reset", "groups-reset", "--to", "earliest", "--apply")
                        .out())
                .isEqualTo("groups-reset-0: committed 5 → set to 0\n");
        assertThat(committed("groups-reset")).isZero();
        assertThat(groups("reset", "groups-reset", "--to", "latest", "--apply"))
                .matches(done -> done.code() == 0, "is done");
        assertThat(committed("groups-reset")).isEqualTo(10);
        assertThat(groups("reset", "groups-reset", "--to", "7", "--apply"))
                .matches(done -> done.code() == 0, "is done");
        assertThat(committed("groups-reset")).isEqualTo(7);
        String time = first.plusSeconds(3).toString();
        assertThat(groups("reset", "groups-reset", "--to", time, "--apply"))
                .matches(done -> done.code() == 0, "is done");
        assertThat(committed("groups-reset")).isEqualTo(3);
        assertThat(groups("reset", "groups-reset", "--to", "1h", "--apply"))
                .matches(done -> done.code() == 0, "is done");
        assertThat(committed("groups-reset")).isEqualTo(10);

        CommandProcess beyond = groups().asProcess("reset", "groups-reset", "--to", "11", "--apply");
        assertThat(beyond).isEqualTo(new CommandProcess(1, """
                groups-reset-0: committed 10 → refused: offset 11 is out of range: Kafka has 0 to 10
                Refused: nothing was set.
                """, ""));
        JsonNode json = new ObjectMapper()
                .readTree(groups("reset", "groups-reset", "--to", "latest", "--json")
                        .out());
        assertThat(json.get("applied").asBoolean()).isFalse();
        assertThat(json.get("steps").get(0).get("to").asLong()).isEqualTo(10);
    }

    @Test
    void groupWithMembers_isDescribed_andItsResetIsRejected() throws Exception {
        tenRecords("groups-busy");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("groups-busy")) {
            consumer.subscribe(List.of("groups-busy"));
            await().until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            consumer.commitSync(Map.of(new TopicPartition("groups-busy", 0), new OffsetAndMetadata(4)));

            CommandProcess described = groups("describe", "groups-busy");
            CommandProcess members = groups("members", "groups-busy");
            CommandProcess reset = groups("reset", "groups-busy", "--to", "latest", "--apply");
            CommandProcess listed = groups("list");

            assertThat(described.out())
                    .startsWith("groups-busy: Stable, 1 member, classic protocol, coordinator localhost:")
                    .endsWith("groups-busy-0: committed 4, Kafka has 0 to 10, lag 6, consumer reader\n");
            // Brokers in containers receive requests from the address of Docker's network.
            assertThat(members.out())
                    .containsPattern("reader at /(127\\.0\\.0\\.1|172\\.\\d+\\.0\\.1) \\(reader-")
                    .endsWith("): groups-busy-0\n");
            assertThat(reset).isEqualTo(new CommandProcess(1, """
                    groups-busy-0: committed 4 → would be set to 10
                    Refused: the group has 1 member (reader), which would overwrite the offsets: stop its consumers first.
                    """, ""));
            assertThat(committed("groups-busy")).isEqualTo(4);
            assertThat(listed.out()).contains("Stable                Classic   groups-busy\n");
        }
    }

    @Test
    void describe_onlyTransactionMarkersAfterTheCommittedOffset_reportsZeroLag() throws Exception {
        TopicProbe.create("groups-markers", 1);
        KafkaProbe.sendInTransaction("groups-markers", true, "first", "second");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("groups-markers")) {
            consumer.commitSync(Map.of(new TopicPartition("groups-markers", 0), new OffsetAndMetadata(1)));
            assertThat(groups("describe", "groups-markers").out()).contains("Kafka has 0 to 3, lag 2, no consumer\n");

            consumer.commitSync(Map.of(new TopicPartition("groups-markers", 0), new OffsetAndMetadata(2)));
            assertThat(groups("describe", "groups-markers").out())
                    .contains("committed 2, Kafka has 0 to 3, lag 0 with no record in between, no consumer\n");
        }
    }

    /** Otherwise a client could choose a name that looks like another group. */
    @Test
    void lineFeedsInNamesAndNotesOfClients_areEscaped() throws Exception {
        tenRecords("groups-lines");
        String group = "groups-lines\nEmpty";
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group, "reader\nDry run")) {
            consumer.subscribe(List.of("groups-lines"));
            await().until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            consumer.commitSync(Map.of(new TopicPartition("groups-lines", 0), new OffsetAndMetadata(1, "one\ntwo")));

            assertThat(groups("reset", group, "--to", "latest", "--apply").out())
                    .endsWith("Refused: the group has 1 member (reader\\nDry run), which would overwrite the offsets:"
                            + " stop its consumers first.\n");
        }

        assertThat(groups("list").out()).contains("groups-lines\\nEmpty\n");
        assertThat(groups("describe", group).out())
                .startsWith("groups-lines\\nEmpty: Empty, no members")
                .contains("note \"one\\ntwo\"\n");
    }

    @Test
    void groupsOfOtherTypes_areListedAndDescribedWithTheirType() throws Exception {
        tenRecords("groups-types");
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class);
        Map<String, Object> share = new HashMap<>(settings);
        share.put("group.id", "groups-share");
        Map<String, Object> nextGeneration = new HashMap<>(settings);
        nextGeneration.put("group.id", "groups-consumer");
        nextGeneration.put("group.protocol", "consumer");
        try (KafkaShareConsumer<byte[], byte[]> sharing = new KafkaShareConsumer<>(share);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(nextGeneration)) {
            sharing.subscribe(List.of("groups-types"));
            consumer.subscribe(List.of("groups-types"));
            await().until(() -> {
                sharing.poll(Duration.ofMillis(100));
                consumer.poll(Duration.ofMillis(100));
                return !consumer.assignment().isEmpty()
                        && groups("list").out().contains("Stable                Share     groups-share\n");
            });

            assertThat(groups("list").out()).contains("Stable                Consumer  groups-consumer\n");
            assertThat(groups("describe", "groups-consumer").out())
                    .startsWith("groups-consumer: Stable, 1 member, consumer protocol, coordinator ");
            assertThat(groups("describe", "groups-share").out())
                    .startsWith("groups-share: Stable, 1 member, share protocol, coordinator ");
        }
    }

    @Test
    void resetOfLandingsGroup_toAGapOrAnOverlap_isRejected() throws Exception {
        String topic = "groups-landing";
        tenRecords(topic);
        try (RunningWadi wadi = RunningWadi.startRoutes(
                List.of("landing"), Map.of("wadi.landing.topics", topic, "wadi.landing.group", topic))) {
            await().until(() -> GroupProbe.committed(topic).values().stream()
                    .anyMatch(each -> each != null && each.offset() == 10));
            assertThat(wadi.managementUrl()).isNotEmpty();
        }
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        await().until(() -> GroupProbe.members(topic).isEmpty());

        CommandProcess back = groups("reset", topic, "--to", "3", "--apply");
        CommandProcess ahead = groups("reset", topic, "--to", "latest", "--apply");
        CommandProcess same = groups("reset", topic, "--to", "10", "--apply");

        assertThat(back).isEqualTo(new CommandProcess(1, """
                groups-landing-0: committed 10 → refused: offsets 3 to 9 are in files of /data/groups-landing/partition=0 and would land \
                twice: set the offset to 10, or move away the files from offset 3 on first
                Refused: nothing was set.
                """, ""));
        assertThat(ahead.out())
                .startsWith("groups-landing-0: committed 10 → refused: offsets 10 to 10 would never land: ");
        assertThat(ahead.code()).isEqualTo(1);
        assertThat(same).isEqualTo(new CommandProcess(0, "groups-landing-0: committed 10 → stays\n", ""));
        assertThat(committed(topic)).isEqualTo(10);
        assertThat(GroupProbe.committed(topic).get(new TopicPartition(topic, 0)).metadata())
                .startsWith("landed ");
    }

    @Test
    void reset_withATopic_createsTheGroup_butNotInADryRun() throws Exception {
        tenRecords("groups-first");
        String[] reset = {"reset", "groups-made", "--topic", "groups-first", "--partition", "0", "--to", "4", "--apply"
        };

        assertThat(groups(Arrays.copyOf(reset, reset.length - 1))).isEqualTo(new CommandProcess(0, """
                groups-first-0: nothing committed → would be set to 4
                Dry run: nothing was set; use --apply to set the offsets.
                """, ""));
        assertThat(groups("reset", "groups-made", "--to", "4", "--apply"))
                .isEqualTo(new CommandProcess(2, "", "There is no group \"groups-made\".\n"));
        assertThat(groups(reset))
                .isEqualTo(new CommandProcess(0, "groups-first-0: nothing committed → set to 4\n", ""));
        assertThat(GroupProbe.committed("groups-made").get(new TopicPartition("groups-first", 0)))
                .isEqualTo(new OffsetAndMetadata(4));
        assertThat(groups("reset", "groups-made", "--topic", "groups-first", "--partition", "7", "--to", "4"))
                .isEqualTo(new CommandProcess(2, "", "Topic \"groups-first\" has no partition 7\n"));
    }

    @Test
    void reset_asAnotherGroup_resumesAtItsCommittedOffsets_onceThatGroupHasStopped() throws Exception {
        TopicProbe.create("groups-as", 3);
        for (int partition = 0; partition < 3; partition++) {
            for (int i = 0; i < 10; i++) {
                KafkaProbe.send(new ProducerRecord<>("groups-as", partition, null, new byte[1]));
            }
        }
        String[] takeOver = {"reset", "groups-new", "--as", "connect-old", "--apply"};
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("connect-old")) {
            consumer.subscribe(List.of("groups-as"));
            await().until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            consumer.commitSync(Map.of(
                    new TopicPartition("groups-as", 0), new OffsetAndMetadata(4),
                    new TopicPartition("groups-as", 2), new OffsetAndMetadata(10)));

            assertThat(groups(takeOver)).isEqualTo(new CommandProcess(1, """
                    groups-as-0: nothing committed → refused: "connect-old" has active members: stop its consumers first
                    groups-as-2: nothing committed → refused: "connect-old" has active members: stop its consumers first
                    Refused: nothing was set.
                    """, ""));
        }

        assertThat(groups(takeOver)).isEqualTo(new CommandProcess(0, """
                groups-as-0: nothing committed → set to 4
                groups-as-2: nothing committed → set to 10
                """, ""));
        Map<TopicPartition, OffsetAndMetadata> committed = GroupProbe.committed("groups-new");
        assertThat(committed).containsOnlyKeys(new TopicPartition("groups-as", 0), new TopicPartition("groups-as", 2));
        assertThat(committed.get(new TopicPartition("groups-as", 0)).offset()).isEqualTo(4);
        assertThat(groups("reset", "groups-new", "--as", "connect-old", "--topic", "groups-as", "--partition", "1"))
                .isEqualTo(new CommandProcess(2, "", "Group \"connect-old\" has no committed offsets to take over\n"));
        assertThat(groups("reset", "groups-new", "--as", "groups-nobody").err())
                .isEqualTo("There is no group \"groups-nobody\".\n");
    }

    @Test
    void nonConsumerGroup_isReportedWithItsType() throws Exception {
        try (ForeignMember connect =
                ForeignMember.join("groups-connect", "connect", "?!".getBytes(StandardCharsets.UTF_8))) {
            CommandProcess ended = groups("describe", "groups-connect");

            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.err())
                    .isEqualTo("\"groups-connect\" is not a group of Kafka consumers: "
                            + "GroupId groups-connect is not a consumer group (connect).\n");
        }
        assertThat(groups("describe", "groups-nobody"))
                .isEqualTo(new CommandProcess(2, "", "There is no group \"groups-nobody\".\n"));
    }

    @Test
    @Nightly(perChange = "TopicsCommandIT#unreachableKafka_exitsWith2AndOneLine")
    void frozenKafka_exitsWith2AndOneLine(@TempDir Path directory) throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory)) {
            kafka.freeze();
            try {
                assertThat(groupsOf(kafka.brokers()).inThisJvm())
                        .isEqualTo(new CommandProcess(
                                2,
                                "",
                                "Command failed: TimeoutException: Kafka at " + kafka.brokers()
                                        + " does not respond\n"));
            } finally {
                kafka.thaw();
            }
        }
    }

    @Test
    void invalidArguments_areReportedWithTheHelpCommand() throws Exception {
        assertThat(groups("reset", "a").err())
                .startsWith("reset requires either --to or --as. See wadi groups reset --help");
        assertThat(groups("reset", "a", "--to", "tomorrow").err())
                .startsWith("--to is \"tomorrow\", expected earliest, latest, an offset, a time such as ");
        assertThat(groups("describe").err()).isEqualTo("GROUP is missing. See wadi groups describe --help\n");
        assertThat(groups("describe", "a", "--apply").err())
                .isEqualTo("--apply is an option of reset. See wadi groups describe --help\n");
        assertThat(CommandProcess.end(new ProcessBuilder("sh", "wadi", "gruops"))
                        .err())
                .isEqualTo("There is no command \"gruops\": did you mean ./wadi groups?\n");
    }
}
