package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./wadi lag} without a pipeline: the command reads offsets from Kafka and waits between samples. */
@Execution(ExecutionMode.CONCURRENT)
class LagCommandIT extends LagCommandTestSupport {
    @Test
    @Nightly(
            perChange = {
                "LagCommandIT#withoutAPipelineAtAnIpv6Address_lagIsReadFromKafka",
                "LagEvaluatorTest",
                "LagStoreTest"
            })
    void withoutAPipeline_lagIsReadFromKafka() throws Exception {
        stopped("lag-alone");

        CommandProcess text = lagOf(shared(), Ports.free()).asProcess("--group", "lag-alone");
        CommandProcess json = lag(shared(), Ports.free(), "--group", "lag-alone", "--json");

        assertThat(text.err()).isEmpty();
        assertThat(text.out())
                .startsWith("1 group: 1 STOP\n\nSTOP    lag-alone: Empty, no members, 2 records behind\n");
        assertThat(text.out())
                .containsPattern("STOP    lag-alone-0: 2 records behind, \\d+ d, committed 2 of 4, not assigned");
        assertThat(text.code()).isEqualTo(3);
        assertThat(json.code()).isEqualTo(3);
        JsonNode report = new ObjectMapper().readTree(json.out());
        assertThat(report.get("from").asText()).isEqualTo("Kafka");
        JsonNode partition = report.get("groups").get(0).get("partitions").get(0);
        assertThat(partition.get("seconds").asDouble()).isGreaterThan(1e9);
        assertThat(partition.get("secondsAreAtLeast").asBoolean()).isFalse();
    }

    /** The URL of the pipeline contains brackets. */
    @Test
    void withoutAPipelineAtAnIpv6Address_lagIsReadFromKafka() throws Exception {
        stopped("lag-ipv6");
        Map<String, String> settings =
                new HashMap<>(lagOf(shared(), Ports.free()).settings());
        settings.put("wadi.management.host", "::1");

        CommandProcess lag = new TestedCommand("lag", configuration, settings).inThisJvm("--group", "lag-ipv6");

        assertThat(lag.err()).isEmpty();
        assertThat(lag.code()).isEqualTo(3);
    }

    @Test
    void userAndToken_areRejected() throws Exception {
        CommandProcess lag = lag(shared(), Ports.free(), "--user", "vera", "--token");

        assertThat(lag.err()).isEqualTo("lag accepts only one of --user and --token. See wadi lag --help\n");
        assertThat(lag.code()).isEqualTo(2);
    }

    @Test
    @Nightly(
            perChange = {
                "LagCommandPipelineIT#runningPipeline_isTheSourceOfTheReport",
                "TerminalTest#streamError_isReportedByCheckError"
            })
    void watch_printsReportsUntilTheReaderCloses() throws Exception {
        stopped("lag-watched");
        Reader reader = new Reader(2, () -> commit("lag-watched", 3));

        int code = lagOf(shared(), Ports.free())
                .inThisJvm(reader, OutputStream.nullOutputStream(), "--watch", "--group", "lag-watched", "--json");

        assertThat(code).isZero();
        List<Integer> lags = new ArrayList<>();
        for (String line : reader.lines) {
            lags.add(new ObjectMapper()
                    .readTree(line)
                    .path("groups")
                    .path(0)
                    .path("lag")
                    .asInt());
        }
        assertThat(lags).containsExactly(2, 1);
    }

    /** A reader that runs an action after the first line and closes after {@code most} lines. */
    private static final class Reader extends OutputStream {
        private final List<String> lines = new ArrayList<>();
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final int most;
        private final Runnable afterTheFirst;

        Reader(int most, Runnable afterTheFirst) {
            this.most = most;
            this.afterTheFirst = afterTheFirst;
        }

        @Override
        public void write(int octet) throws IOException {
            if (lines.size() == most) {
                throw new IOException("the reader is closed");
            }
            if (octet != '\n') {
                line.write(octet);
                return;
            }
            lines.add(line.toString(UTF_8));
            line.reset();
            if (lines.size() == 1) {
                afterTheFirst.run();
            }
        }

        /** A flush to a broken pipe fails. */
        @Override
        public void flush() throws IOException {
            if (lines.size() == most) {
                throw new IOException("the reader is closed");
            }
        }
    }

    @Test
    void credentialsWithoutAPipeline_areReportedAsUnused() throws Exception {
        stopped("lag-credentials");
        int port = Ports.free();

        CommandProcess lag =
                lagOf(shared(), port).inThisJvm(line("verasecret"), "--group", "lag-credentials", "--user", "vera");

        assertThat(lag.err())
                .startsWith("The credentials have no effect: the pipeline at http://localhost:%d/api/lag is not used: "
                        .formatted(port))
                .hasLineCount(1);
        assertThat(lag.code()).isEqualTo(3);
    }

    @Test
    void groupBeyondTheLimit_isNotReportedAsNonexistent() throws Exception {
        stopped("lag-a");
        stopped("lag-b");
        Map<String, String> settings =
                new HashMap<>(lagOf(shared(), Ports.free()).settings());
        settings.put("wadi.lag.max-groups", "1");

        CommandProcess lag = new TestedCommand("lag", configuration, settings).inThisJvm("--group", "lag-b");

        assertThat(lag.err())
                .startsWith("Group \"lag-b\" is not one of the monitored groups of Kafka at " + shared() + ". ")
                .contains(" groups are not monitored: they exceed wadi.lag.max-groups.");
        assertThat(lag.code()).isEqualTo(2);
    }

    @Test
    void unknownGroup_exitsWith2AndOneLine() throws Exception {
        assertThat(lag(shared(), Ports.free(), "--group", "lag-nobody"))
                .isEqualTo(new CommandProcess(
                        2,
                        "",
                        ("There is no consumer group \"lag-nobody\" in Kafka at %s; "
                                        + "see ./wadi groups describe lag-nobody for other kinds of groups.\n")
                                .formatted(shared())));
    }

    @Test
    @Nightly(perChange = "TopicsCommandIT#unreachableKafka_exitsWith2AndOneLine")
    void frozenKafka_exitsWith2AndOneLine(@TempDir Path directory) throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory)) {
            kafka.freeze();
            try {
                CommandProcess ended = lagOf(kafka.brokers(), Ports.free()).asProcess();

                assertThat(ended.out()).isEmpty();
                assertThat(ended.err())
                        .startsWith("Could not read the lag: KafkaException: Kafka at " + kafka.brokers() + ": ")
                        .hasLineCount(1);
                assertThat(ended.code()).isEqualTo(2);
            } finally {
                kafka.thaw();
            }
        }
    }

    @Test
    @Nightly(because = "needs a broker with an authorizer")
    void topicOrGroupThatWadiMayNotRead_doesNotHideOtherGroups(@TempDir Path directory) throws Exception {
        Map<String, String> broker = new HashMap<>(TestServers.KEEPS_RECORDS);
        broker.put("authorizer.class.name", StandardAuthorizer.class.getName());
        broker.put("allow.everyone.if.no.acl.found", "true");
        LocalKafka kafka = new LocalKafka(directory, Ports.free(), broker, List.of());
        kafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            for (String name : List.of("lag-own", "lag-secret", "lag-denied")) {
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                        .all()
                        .get();
                send(kafka.address(), name);
                admin.alterConsumerGroupOffsets(name, Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(1)))
                        .all()
                        .get();
            }
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, "lag-secret", PatternType.LITERAL),
                            new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW))))
                    .all()
                    .get();

            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.GROUP, "lag-denied", PatternType.LITERAL),
                            new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.DENY))))
                    .all()
                    .get();

            CommandProcess denied = lag(kafka.address(), Ports.free(), "--group", "lag-denied");
            CommandProcess lag = lag(kafka.address(), Ports.free(), "--json");

            assertThat(denied.out()).contains("lag-denied: Empty, members unknown, lag unknown");
            assertThat(denied.err())
                    .startsWith("Could not read the lag of group \"lag-denied\": offsets unknown: Group")
                    .hasLineCount(1);
            assertThat(denied.code()).isEqualTo(2);

            assertThat(lag.err()).isEmpty();
            JsonNode groups = new ObjectMapper().readTree(lag.out()).path("groups");
            assertThat(groups).hasSize(3);
            assertThat(groups.path(0).path("group").asText()).isEqualTo("lag-denied");
            assertThat(groups.path(0).path("lag").isNull()).isTrue();
            for (JsonNode group : List.of(groups.path(1), groups.path(2))) {
                assertThat(group.path("partitions")
                                .path(0)
                                .path("secondsAreAtLeast")
                                .asBoolean())
                        .as(group.toString())
                        .isEqualTo(group.path("group").asText().equals("lag-secret"));
            }
        } finally {
            kafka.stop();
        }
    }

    private static void send(String brokers, String topic) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 2; i++) {
                producer.send(new ProducerRecord<>(topic, 0, 1_000_000L, null, new byte[1]))
                        .get();
            }
        }
    }

    @Test
    void invalidArguments_areReportedWithTheHelpCommand() throws Exception {
        assertThat(lag(shared(), Ports.free(), "--wacht").err())
                .isEqualTo("\"--wacht\" is unknown; did you mean --watch? See wadi lag --help\n");
        assertThat(CommandProcess.end(new ProcessBuilder("sh", "wadi", "lagg")).err())
                .isEqualTo("There is no command \"lagg\": did you mean ./wadi lag?\n");
    }
}
