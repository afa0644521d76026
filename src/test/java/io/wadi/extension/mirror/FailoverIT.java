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
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.mirror.Checkpoint;
import org.apache.kafka.connect.mirror.OffsetSync;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cluster is both source and target, without MirrorMaker: the copies of topics have the prefix {@code A.}. */
class FailoverIT {
    private static final String GROUP = "failover-group";
    private static final String COPIED = "failover-copied";
    private static final String MISSING = "failover-missing";
    private static final String BROKERS = TestServers.shared().ports().kafkaBrokers();

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

    /** Operators remove the checkpoints of deleted topics. */
    @Test
    void removedCheckpoint_isNotPlanned_andAnInvalidOneIsNamed(@TempDir Path directory) throws Exception {
        String group = "failover-tombstone-group";
        String checkpoints = "D.checkpoints.internal";
        TopicProbe.create("D.failover-tombstone", 1);
        TopicProbe.create(checkpoints, 1);
        ProducerRecord<byte[], byte[]> checkpoint = checkpoint(checkpoints, group, "D.failover-removed");
        KafkaProbe.send(checkpoint);
        KafkaProbe.send(checkpoint(checkpoints, group, "D.failover-tombstone"));
        KafkaProbe.send(new ProducerRecord<>(checkpoints, checkpoint.key(), null));
        MirrorFile mirror = MirrorFile.read(file(directory, "D", BROKERS));

        try (Failover failover = new Failover(mirror, mirror.flow("D", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .extracting(Step::topic)
                    .containsExactly("D.failover-tombstone");
            KafkaProbe.send(new ProducerRecord<>(checkpoints, new byte[0], new byte[0]));
            assertThatThrownBy(() -> failover.plan(Set.of(group), Untranslated.REFUSED))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("record " + checkpoints + "-0@3 is invalid: ");
        }
    }

    @Test
    void offsetSyncsAtTheTarget_limitTheRecordsThatAreReadAgain(@TempDir Path directory) throws Exception {
        String group = "failover-syncs-group";
        String copy = "E.failover-syncs";
        TopicProbe.create("failover-syncs", 1);
        TopicProbe.create(copy, 1);
        TopicProbe.create("E.checkpoints.internal", 1);
        TopicProbe.create("mm2-offset-syncs.E.internal", 1);
        for (int i = 0; i < 5; i++) {
            KafkaProbe.send(new ProducerRecord<>(copy, 0, null, new byte[0]));
        }
        commit(group, 2, new TopicPartition("failover-syncs", 0));
        KafkaProbe.send(checkpoint("E.checkpoints.internal", group, copy));
        KafkaProbe.send(new ProducerRecord<>(
                "mm2-offset-syncs.E.internal",
                bytes(new Struct(OffsetSync.KEY_SCHEMA)
                        .set(OffsetSync.TOPIC_KEY, "failover-syncs")
                        .set(OffsetSync.PARTITION_KEY, 0)),
                bytes(new Struct(OffsetSync.VALUE_SCHEMA)
                        .set(OffsetSync.UPSTREAM_OFFSET_KEY, 0L)
                        .set(OffsetSync.DOWNSTREAM_OFFSET_KEY, 0L))));
        Path file = file(directory, "E", BROKERS);
        Files.writeString(file, "offset-syncs.topic.location = target\n", StandardOpenOption.APPEND);
        MirrorFile mirror = MirrorFile.read(file);

        try (Failover failover = new Failover(mirror, mirror.flow("E", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(copy, Step::topic)
                    .returns(0L, Step::to)
                    .returns(2L, Step::again);
        }
    }

    /** A consumer would start there by {@code auto.offset.reset}, which may skip records. */
    @Test
    void offsetBeyondTheEndOfTheTarget_isReplacedByTheTranslatedOne(@TempDir Path directory) throws Exception {
        String group = "failover-beyond-group";
        TopicProbe.create("F.failover-beyond", 1);
        TopicProbe.create("F.checkpoints.internal", 1);
        KafkaProbe.send(new ProducerRecord<>("F.failover-beyond", 0, null, new byte[0]));
        KafkaProbe.send(checkpoint("F.checkpoints.internal", group, "F.failover-beyond"));
        commit(group, 2, new TopicPartition("F.failover-beyond", 0));
        MirrorFile mirror = MirrorFile.read(file(directory, "F", "down.invalid:9092"));

        try (Failover failover = new Failover(mirror, mirror.flow("F", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(2L, Step::from)
                    .returns(0L, Step::to)
                    .returns(1L, Step::again);
        }
    }

    /** The last checkpoint would skip the records that the group is to read again. */
    @Test
    void groupThatWasSetBackBeforeItsLastCheckpoint_isRefused_orReadsAllRecordsOnRequest(@TempDir Path directory)
            throws Exception {
        String group = "failover-rewound-group";
        TopicProbe.create("failover-rewound", 1);
        TopicProbe.create("G.failover-rewound", 1);
        TopicProbe.create("G.checkpoints.internal", 1);
        for (int i = 0; i < 5; i++) {
            KafkaProbe.send(new ProducerRecord<>("G.failover-rewound", 0, null, new byte[0]));
        }
        KafkaProbe.send(checkpoint("G.checkpoints.internal", group, "G.failover-rewound", 4));
        commit(group, 1, new TopicPartition("failover-rewound", 0));
        MirrorFile mirror = MirrorFile.read(file(directory, "G", BROKERS));

        try (Failover failover = new Failover(mirror, mirror.flow("G", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(true, Step::refused)
                    .returns(
                            "its offset at G has no translation: it was set back to 1, before its last checkpoint of 4",
                            Step::words);
            assertThat(failover.plan(Set.of(group), Untranslated.EARLIEST))
                    .singleElement()
                    .returns(0L, Step::to)
                    .returns(5L, Step::again);
            commit(group, 4, new TopicPartition("failover-rewound", 0));
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(4L, Step::to)
                    .returns(false, Step::refused);
        }
    }

    /** The end of the new topic would skip its records, of which the group has read none. */
    @Test
    void checkpointBeyondTheEndOfARecreatedTopic_isNoTranslation(@TempDir Path directory) throws Exception {
        String group = "failover-recreated-group";
        TopicProbe.create("H.failover-recreated", 1);
        TopicProbe.create("H.checkpoints.internal", 1);
        KafkaProbe.send(new ProducerRecord<>("H.failover-recreated", 0, null, new byte[0]));
        KafkaProbe.send(checkpoint("H.checkpoints.internal", group, "H.failover-recreated", 4));
        MirrorFile mirror = MirrorFile.read(file(directory, "H", "down.invalid:9092"));

        try (Failover failover = new Failover(mirror, mirror.flow("H", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(true, Step::refused)
                    .returns(
                            "its offset at H has no translation: its last checkpoint is at 4, beyond the end at B, 1: the"
                                    + " topic was recreated there or has lost records",
                            Step::words);
            assertThat(failover.plan(Set.of(group), Untranslated.EARLIEST))
                    .singleElement()
                    .returns(0L, Step::to)
                    .returns(1L, Step::again);
        }
    }

    private static void checkpoint(String topic) throws Exception {
        KafkaProbe.send(checkpoint("C.checkpoints.internal", GROUP, topic));
    }

    /** Returns the record of a checkpoint at offset 0 in MirrorMaker's format. */
    private static ProducerRecord<byte[], byte[]> checkpoint(String checkpoints, String group, String topic) {
        return checkpoint(checkpoints, group, topic, 0);
    }

    private static ProducerRecord<byte[], byte[]> checkpoint(
            String checkpoints, String group, String topic, long offset) {
        Struct key = new Struct(Checkpoint.KEY_SCHEMA)
                .set(Checkpoint.CONSUMER_GROUP_ID_KEY, group)
                .set(Checkpoint.TOPIC_KEY, topic)
                .set(Checkpoint.PARTITION_KEY, 0);
        Struct header = new Struct(Checkpoint.HEADER_SCHEMA).set(Checkpoint.VERSION_KEY, Checkpoint.VERSION);
        Struct value = new Struct(Checkpoint.VALUE_SCHEMA_V0)
                .set(Checkpoint.UPSTREAM_OFFSET_KEY, offset)
                .set(Checkpoint.DOWNSTREAM_OFFSET_KEY, offset)
                .set(Checkpoint.METADATA_KEY, "");
        return new ProducerRecord<>(checkpoints, bytes(key), bytes(header, value));
    }

    private static byte[] bytes(Struct... structs) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Stream.of(structs).mapToInt(Struct::sizeOf).sum());
        for (Struct each : structs) {
            each.writeTo(bytes);
        }
        return bytes.array();
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

    private static void commit(long offset, TopicPartition... partitions) throws Exception {
        commit(GROUP, offset, partitions);
    }

    private static void commit(String group, long offset, TopicPartition... partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            offsets.put(each, new OffsetAndMetadata(offset));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            return admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    private static Path file(Path directory, String source, String servers) throws Exception {
        return Files.writeString(directory.resolve("mirror.properties"), """
                clusters = %1$s, B
                %1$s.bootstrap.servers = %2$s
                B.bootstrap.servers = %3$s
                %1$s->B.enabled = true
                %1$s->B.topics = failover-.*
                """.formatted(source, servers, BROKERS));
    }
}
