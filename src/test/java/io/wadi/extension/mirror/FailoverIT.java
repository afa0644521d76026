package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
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

/** One cluster is both source and target, without MirrorMaker: the copies of topics have the prefix {@code A.}. */
class FailoverIT extends FailoverTestSupport {
    private static final String COPIED = "failover-copied";
    private static final String MISSING = "failover-missing";

    @Test
    void topicThatTheTargetDoesNotHave_isRefused_orLeftOutOnRequest(@TempDir Path directory) throws Exception {
        TopicProbe.create(COPIED, 2);
        TopicProbe.create("A." + COPIED, 1);
        TopicProbe.create(MISSING, 1);
        commit(0, new TopicPartition(COPIED, 0), new TopicPartition(COPIED, 1), new TopicPartition(MISSING, 0));
        Path file = file(directory, "A", BROKERS);

        try (Failover failover = failover(file)) {
            assertThat(failover.plan(Set.of(GROUP), Untranslated.REFUSED))
                    .extracting(Step::topic, Step::partition, Step::refused)
                    .containsExactly(
                            tuple("A." + COPIED, 0, true),
                            tuple("A." + COPIED, 1, true),
                            tuple("A." + MISSING, 0, true));
            assertThat(failover.plan(Set.of(GROUP), Untranslated.EARLIEST))
                    .extracting(Step::topic, Step::partition, Step::to, Step::refused)
                    .containsExactly(
                            tuple("A." + COPIED, 0, 0L, false),
                            tuple("A." + COPIED, 1, null, false),
                            tuple("A." + MISSING, 0, null, false));
        }
        CommandProcess refused = command(file, "A");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out())
                .contains(
                        GROUP + "  A." + MISSING + "-0: refused: B does not have it",
                        "MirrorMaker has to create missing partitions first");
        CommandProcess applied = command(file, "A", "--untranslated", "earliest", "--apply");
        assertThat(applied.code()).isZero();
        assertThat(applied.out())
                .contains(
                        GROUP + "  A." + MISSING + "-0: B does not have it",
                        "1 partitions of 1 groups; at most 0 records are read again, none is skipped except in partitions"
                                + " that B does not have.");
        assertThat(committed()).containsEntry(new TopicPartition("A." + COPIED, 0), new OffsetAndMetadata(0));
        assertContinues(file);
    }

    /**
     * Asserts that nothing is changed for a group that has continued at the target, where it has an offset without
     * translation.
     */
    private static void assertContinues(Path file) throws Exception {
        KafkaProbe.send(new ProducerRecord<>("A." + COPIED, 0, null, new byte[0]));
        KafkaProbe.send(new ProducerRecord<>("A." + COPIED, 0, null, new byte[0]));
        commit(1, new TopicPartition("A." + COPIED, 0));
        try (Failover failover = failover(file)) {
            for (Untranslated each : Untranslated.values()) {
                assertThat(failover.plan(Set.of(GROUP), each).get(0))
                        .as(each.name())
                        .returns("A." + COPIED, Step::topic)
                        .returns(
                                "stays at 1: the group has already continued at B; groups reset sets another offset",
                                Step::words)
                        .returns(null, Step::to)
                        .returns(false, Step::refused);
            }
        }
    }

    @Test
    void deletedTopic_isRefusedWithItsRemedy_whileTheSourceIsDown(@TempDir Path directory) throws Exception {
        String kept = "failover-kept";
        TopicProbe.create("C." + kept, 1);
        TopicProbe.create("C.checkpoints.internal", 1);
        checkpoint("C." + kept);
        checkpoint("C.failover-deleted");
        Path file = file(directory, "C", "down.invalid:9092");

        CommandProcess refused = command(file, "C");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out())
                .contains(
                        GROUP
                                + "  C.failover-deleted-0: refused: B does not have it: no offset can be set; its topic may"
                                + " have been deleted before C failed",
                        "MirrorMaker cannot create missing partitions while C does not respond; with --untranslated they"
                                + " get no offset")
                .doesNotContain("MirrorMaker has to create");
        CommandProcess applied = command(file, "C", "--untranslated", "earliest", "--apply");
        assertThat(applied.code()).isZero();
        assertThat(applied.out())
                .contains(
                        "1 partitions of 1 groups; at most 0 records are read again, none is skipped except in partitions"
                                + " that B does not have.");
        assertThat(committed()).containsEntry(new TopicPartition("C." + kept, 0), new OffsetAndMetadata(0));
    }

    /** MirrorMaker's default of groups.exclude leaves them out. */
    @Test
    void excludedGroups_areLeftOut_andRefusedByName(@TempDir Path directory) throws Exception {
        TopicPartition partition = new TopicPartition("failover-excluded", 0);
        TopicProbe.create(partition.topic(), 1);
        TopicProbe.create("A." + partition.topic(), 1);
        commit("connect-failover", 0, partition);
        commit("console-consumer-1", 0, partition);
        Path file = file(directory, "A", BROKERS);

        try (Failover failover = failover(file)) {
            assertThat(failover.plan(Set.of(), Untranslated.REFUSED))
                    .extracting(Step::group)
                    .doesNotContain("connect-failover", "console-consumer-1");
            assertThat(failover.excluded()).contains("connect-failover", "console-consumer-1");
            assertThat(failover.plan(Set.of("connect-failover"), Untranslated.REFUSED))
                    .singleElement()
                    .returns(true, Step::refused)
                    .returns(
                            "its offset at A has no translation: groups and groups.exclude of MirrorMaker leave the"
                                    + " group out",
                            Step::words);
        }
    }

    @Test
    @Nightly(because = "needs a broker with an authorizer")
    void groupWithUnreadableOffsets_isReported_andOthersArePlanned(@TempDir Path directory) throws Exception {
        Map<String, String> authorizer = Map.of(
                "authorizer.class.name", StandardAuthorizer.class.getName(), "allow.everyone.if.no.acl.found", "true");
        LocalKafka kafka = new LocalKafka(directory.resolve("kafka"), Ports.free(), authorizer, List.of());
        kafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            admin.createTopics(Stream.of(COPIED, "A." + COPIED, "A.checkpoints.internal")
                            .map(each -> new NewTopic(each, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            for (String group : List.of("denied-1", "denied-2", "readable")) {
                admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(COPIED, 0), new OffsetAndMetadata(0)))
                        .all()
                        .get();
            }
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.address()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(checkpoint("A.checkpoints.internal", "denied-2", "A." + COPIED))
                        .get();
            }
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.GROUP, "denied-", PatternType.PREFIXED),
                            new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.DENY))))
                    .all()
                    .get();
            MirrorFile mirror = MirrorFile.read(
                    file(directory, "A", kafka.address()), Map.of("A", kafka.address(), "B", kafka.address()));
            try (Failover failover = new Failover(mirror, mirror.flow("A", "B"))) {
                assertThat(failover.plan(Set.of(), Untranslated.EARLIEST))
                        .extracting(Step::group, Step::to, Step::refused)
                        .containsExactly(tuple("denied-2", null, true), tuple("readable", 0L, false));
                assertThat(failover.sourceProblem()).isNull();
                assertThat(failover.unreadable())
                        .containsOnlyKeys("denied-1", "denied-2")
                        .allSatisfy((group, reason) -> assertThat(reason)
                                .startsWith("Request to A at " + kafka.address() + " failed: GroupAuthorization"));
                assertThatThrownBy(() -> failover.plan(Set.of("denied-1"), Untranslated.EARLIEST))
                        .isInstanceOf(KafkaException.class)
                        .hasMessageStartingWith(
                                "The offsets of group denied-1 cannot be read, and it has no checkpoint: Request to A");
            }
        } finally {
            kafka.stop();
        }
    }

    @Test
    void rejectedOffsets_areReported_withTheGroupsThatAreSet(@TempDir Path directory) throws Exception {
        TopicProbe.create("failover-set", 1);
        try (Failover failover = failover(file(directory, "A", BROKERS))) {
            List<Step> steps =
                    List.of(step("failover-set-1", "failover-set"), step("failover-set-2", "failover-no-topic"));

            assertThatThrownBy(() -> failover.apply(steps))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageStartingWith(
                            "The offsets of group failover-set-2 are not set, those of failover-set-1 are:"
                                    + " Request to B at ");
        }
    }

    private static Step step(String group, String topic) {
        return new Step(group, topic, 0, null, 0L, 0, null, false, false);
    }

    private static Failover failover(Path file) throws Exception {
        MirrorFile mirror = MirrorFile.read(file);
        return new Failover(mirror, mirror.flow("A", "B"));
    }

    private static CommandProcess command(Path file, String source, String... options) {
        List<String> words = new ArrayList<>(
                List.of("mirror", "failover", file.toString(), "--from", source, "--to", "B", "--group", GROUP));
        words.addAll(List.of(options));
        return TestedCommand.run(words.toArray(String[]::new));
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            return admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }
}
