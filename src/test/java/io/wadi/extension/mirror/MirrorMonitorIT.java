package io.wadi.extension.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.extension.mirror.MirrorReport.PartitionState;
import io.wadi.local.ChildJvm;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.mirror.Heartbeat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitor of a mirror without MirrorMaker, so that no record is copied. */
class MirrorMonitorIT {
    private static final String TOPIC = "mirror-monitor";
    private static final String OFFSETS = "mm2-offsets.A.internal";
    /** One partition more than one measurement reads timestamps of. */
    private static final int PARTITIONS = UncopiedRecords.MAX_READ + 1;

    private final AdjustableClock clock = new AdjustableClock(Instant.now());

    @Test
    @Nightly(perChange = {"UncopiedRecordsTest", "MirrorReportTest"})
    void uncopiedRecord_ofAnyPartition_waitsAtLeastSinceItWasSeen(@TempDir Path directory) throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        long ahead = clock.instant().plus(Duration.ofHours(1)).toEpochMilli();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, partition, ahead, null, new byte[1]));
        }
        try (MirrorMonitor monitor = new MirrorMonitor(file(directory, TOPIC), clock)) {
            FlowState first = monitor.measure().flows().get(0);
            assertThat(first.lag()).isEqualTo(PARTITIONS);
            assertThat(first.lagMs()).isZero();
            assertThat(MirrorText.of(first)).contains(PARTITIONS + " records not copied, the first for at least 0.0 s");

            Duration later = Duration.ofMinutes(10);
            clock.pass(later);
            FlowState second = monitor.measure().flows().get(0);
            assertThat(second.partitions()).extracting(PartitionState::lagMs).containsOnly(later.toMillis());
            assertThat(MirrorText.of(second)).contains(PARTITIONS + " records not copied, the first for 10m");
        }
    }

    /**
     * MirrorMaker reads uncommitted records unless {@code consumer.isolation.level} is set, so that its offsets may be
     * beyond the last stable offset.
     */
    @Test
    void copiedRecordOfAnOpenTransaction_isNotAheadOfTheSource(@TempDir Path directory) throws Exception {
        String topic = "mirror-open";
        TopicProbe.create(topic, 1);
        TopicProbe.create(OFFSETS, 1);
        MirrorFile file = file(directory, topic);
        KafkaProbe.inTransaction(topic, producer -> {
            producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            copied(topic, 0);
            assertThat(ahead(file)).isEmpty();
            copied(topic, 1);
            assertThat(ahead(file)).singleElement(STRING).contains("up to offset 2", "ends at 1 now");
            producer.commitTransaction();
        });
    }

    /** Writes MirrorMaker's source offset after copying a record. */
    private static void copied(String topic, long offset) throws ExecutionException, InterruptedException {
        KafkaProbe.send(copied(topic, 0, offset, 0));
    }

    private static ProducerRecord<byte[], byte[]> copied(String topic, int partition, long offset, int stored) {
        return new ProducerRecord<>(
                OFFSETS,
                stored,
                key("A", topic, partition),
                "{\"offset\":%d}".formatted(offset).getBytes(UTF_8));
    }

    private static ProducerRecord<byte[], byte[]> offset(String offsets, String topic, int partition, String value) {
        return new ProducerRecord<>(offsets, 0, key("invalid", topic, partition), value.getBytes(UTF_8));
    }

    private static byte[] key(String source, String topic, int partition) {
        return "[\"MirrorSourceConnector\",{\"cluster\":\"%s\",\"partition\":%d,\"topic\":\"%s\"}]"
                .formatted(source, partition, topic)
                .getBytes(UTF_8);
    }

    private List<String> ahead(MirrorFile file) throws InterruptedException {
        try (MirrorMonitor monitor = new MirrorMonitor(file, clock)) {
            return monitor.measure().flows().get(0).problems().stream()
                    .filter(each -> each.contains("is ahead of"))
                    .toList();
        }
    }

    @Test
    @Nightly(because = "needs three brokers")
    void partitionWithoutALeader_isAProblem_besideTheLagOfOthers(@TempDir Path directory) throws Exception {
        String topic = "mirror-leader";
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        Map<String, Object> client = Map.of("bootstrap.servers", BrokerProcess.addresses(brokers));
        try (Admin admin = Admin.create(client);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
                MirrorMonitor monitor =
                        new MirrorMonitor(file(directory, "A", topic, BrokerProcess.addresses(brokers)), clock)) {
            admin.createTopics(List.of(
                            new NewTopic(topic, Map.of(0, List.of(1), 1, List.of(2), 2, List.of(1), 3, List.of(1))),
                            new NewTopic(OFFSETS, Map.of(0, List.of(1), 1, List.of(2)))))
                    .all()
                    .get();
            for (int i = 0; i < 2; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            }
            producer.send(new ProducerRecord<>(topic, 1, null, new byte[1])).get();
            producer.send(copied(topic, 0, 0, 0)).get();
            producer.send(copied(topic, 1, 0, 0)).get();
            producer.send(copied(topic, 2, 0, 1)).get();
            await().untilAsserted(
                            () -> assertThat(monitor.measure().flows().get(0).partitions())
                                    .extracting(PartitionState::partition)
                                    .containsExactly(0, 1, 2, 3));
            brokers.get(1).kill();

            await().atMost(ChildJvm.START_TIMEOUT).untilAsserted(() -> {
                FlowState flow = monitor.measure().flows().get(0);
                assertThat(flow.partitions())
                        .as("%s", flow.problems())
                        .singleElement()
                        .satisfies(each -> assertThat(each.lag()).isEqualTo(1));
                assertThat(flow.problems())
                        .filteredOn(each -> each.startsWith("the lag of mirror-leader-1 in A at "))
                        .singleElement(STRING)
                        .endsWith(" is unknown: LeaderNotAvailableException: the partition has no available leader");
                assertThat(flow.problems())
                        .as("the lag of partition 2, of which the offset is stored there, and of 3 without an offset")
                        .filteredOn(each -> each.startsWith("the progress of mm2-offsets.A.internal-1 in B at "))
                        .singleElement(STRING)
                        .endsWith(" is unknown: LeaderNotAvailableException: the partition has no available leader");
            });
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }

    @Test
    void invalidRecords_areProblems_besideTheLagOfOtherPartitions(@TempDir Path directory) throws Exception {
        String topic = "mirror-invalid";
        String offsets = "mm2-offsets.invalid.internal";
        TopicProbe.create(topic, 3);
        TopicProbe.create(offsets, 1);
        for (int partition = 0; partition < 3; partition++) {
            KafkaProbe.send(new ProducerRecord<>(topic, partition, null, new byte[1]));
        }
        KafkaProbe.send(new ProducerRecord<>(offsets, 0, null, "{\"offset\":1}".getBytes(UTF_8)));
        KafkaProbe.send(new ProducerRecord<>(offsets, 0, "foreign".getBytes(UTF_8), new byte[1]));
        KafkaProbe.send(offset(offsets, topic, 0, "{\"offset\":0}"));
        KafkaProbe.send(offset(offsets, topic, 1, "{\"offset\":0}"));
        KafkaProbe.send(offset(offsets, topic, 1, "{\"offset\":\"0\"}"));
        KafkaProbe.send(offset(offsets, "mirror-invalid-deleted", 0, "invalid"));
        KafkaProbe.send(copied(offsets, "other", topic, 2));
        String brokers = TestServers.shared().ports().kafkaBrokers();
        MirrorFile file = file(directory, "invalid", topic, brokers);

        try (MirrorMonitor monitor = new MirrorMonitor(file, clock)) {
            FlowState flow = monitor.measure().flows().get(0);
            assertThat(flow.problems().stream().filter(each -> each.contains("is not a source offset")))
                    .containsExactly(
                            ("the lag of mirror-invalid-1 is unknown: record %s-0@4 in B at %s is not a source offset of"
                                            + " MirrorMaker")
                                    .formatted(offsets, brokers),
                            ignored(offsets + "-0@0", brokers),
                            ignored(offsets + "-0@1", brokers));
            assertThat(flow.partitions())
                    .extracting(PartitionState::partition, PartitionState::lag)
                    .containsExactly(tuple(0, 0L), tuple(2, 1L));

            KafkaProbe.send(offset(offsets, topic, 1, "{\"offset\":0}"));
            KafkaProbe.send(new ProducerRecord<>(offsets, 0, "foreign".getBytes(UTF_8), null));
            FlowState next = monitor.measure().flows().get(0);
            assertThat(next.problems().stream().filter(each -> each.contains("is not a source offset")))
                    .containsExactly(ignored(offsets + "-0@0", brokers));
            assertThat(next.partitions())
                    .extracting(PartitionState::partition, PartitionState::lag)
                    .containsExactly(tuple(0, 0L), tuple(1, 0L), tuple(2, 1L));
        }
    }

    @Test
    void recordsThatAreDeletedBeforeTheyAreCopied_areAProblem_untilMirrorMakerGoesOn(@TempDir Path directory)
            throws Exception {
        String topic = "mirror-expired";
        String offsets = "mm2-offsets.expired.internal";
        TopicProbe.create(topic, 1);
        TopicProbe.create(offsets, 1);
        for (int i = 0; i < 3; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        }
        MirrorFile file =
                file(directory, "expired", topic, TestServers.shared().ports().kafkaBrokers());
        try (MirrorMonitor monitor = new MirrorMonitor(file, clock)) {
            assertThat(monitor.measure().flows().get(0).lagMs()).isNotNull();

            TopicProbe.delete(new TopicPartition(topic, 0), 2);
            await().untilAsserted(() -> assertThat(problems(monitor, "lacks records"))
                    .singleElement(STRING)
                    .startsWith(
                            "B lacks records of mirror-expired-0: offsets 0 to 1 were deleted in expired before they "
                                    + "were copied. "));

            KafkaProbe.send(
                    new ProducerRecord<>(offsets, 0, key("expired", topic, 0), "{\"offset\":2}".getBytes(UTF_8)));
            await().untilAsserted(
                            () -> assertThat(problems(monitor, "lacks records")).isEmpty());
        }
    }

    /** MirrorMaker's tasks read its source offsets to their end when they start, including open transactions. */
    @Test
    void transactionOfSourceOffsets_thatIsOpenForLong_isAProblem_untilItEnds(@TempDir Path directory) throws Exception {
        String topic = "mirror-hanging";
        String offsets = "mm2-offsets.hanging.internal";
        TopicProbe.create(topic, 1);
        TopicProbe.create(offsets, 2);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        MirrorFile file =
                file(directory, "hanging", topic, TestServers.shared().ports().kafkaBrokers());
        KafkaProbe.send(copied(offsets, "hanging", topic, 0));
        try (MirrorMonitor monitor = new MirrorMonitor(file, clock)) {
            KafkaProbe.inTransaction(offsets, producer -> {
                producer.send(new ProducerRecord<>(
                                offsets, 0, clock.millis(), key("hanging", topic, 0), "{\"offset\":1}".getBytes(UTF_8)))
                        .get();
                assertThat(problems(monitor, "transaction")).isEmpty();
                clock.pass(Duration.ofMinutes(3));
                assertThat(problems(monitor, "transaction"))
                        .singleElement(STRING)
                        .startsWith("a transaction of " + offsets + "-0@1 in B at ");
                producer.abortTransaction();
            });

            await().untilAsserted(
                            () -> assertThat(problems(monitor, "transaction")).isEmpty());
        }
    }

    private static List<String> problems(MirrorMonitor monitor, String text) throws InterruptedException {
        return monitor.measure().flows().get(0).problems().stream()
                .filter(each -> each.contains(text))
                .toList();
    }

    private static String ignored(String name, String brokers) {
        return "record %s in B at %s is not a source offset of MirrorMaker; it is ignored, and a tombstone removes it"
                .formatted(name, brokers);
    }

    @Test
    void recreatedTopicOfOffsets_isReadFromItsBeginning(@TempDir Path directory) throws Exception {
        String topic = "mirror-recreated";
        String offsets = "mm2-offsets.recreated.internal";
        TopicProbe.create(topic, 2);
        TopicProbe.create(offsets, 1);
        for (int partition = 0; partition < 2; partition++) {
            KafkaProbe.send(new ProducerRecord<>(topic, partition, null, new byte[1]));
            KafkaProbe.send(copied(offsets, "recreated", topic, partition));
        }
        MirrorFile file =
                file(directory, "recreated", topic, TestServers.shared().ports().kafkaBrokers());
        try (MirrorMonitor monitor = new MirrorMonitor(file, clock)) {
            assertThat(monitor.measure().flows().get(0).lag()).isZero();

            TopicProbe.recreate(offsets);
            KafkaProbe.send(copied(offsets, "recreated", topic, 1));

            await().untilAsserted(
                            () -> assertThat(monitor.measure().flows().get(0).partitions())
                                    .extracting(PartitionState::partition, PartitionState::lag)
                                    .containsExactly(tuple(0, 1L), tuple(1, 0L)));
        }
    }

    private static ProducerRecord<byte[], byte[]> copied(String offsets, String source, String topic, int partition) {
        return new ProducerRecord<>(offsets, 0, key(source, topic, partition), "{\"offset\":0}".getBytes(UTF_8));
    }

    /** Returns a heartbeat in MirrorMaker's format. */
    private static ProducerRecord<byte[], byte[]> heartbeat(String heartbeats, long time) {
        Struct key = new Struct(Heartbeat.KEY_SCHEMA)
                .set(Heartbeat.SOURCE_CLUSTER_ALIAS_KEY, "pulse")
                .set(Heartbeat.TARGET_CLUSTER_ALIAS_KEY, "B");
        Struct header = new Struct(Heartbeat.HEADER_SCHEMA).set(Heartbeat.VERSION_KEY, Heartbeat.VERSION);
        Struct value = new Struct(Heartbeat.VALUE_SCHEMA_V0).set(Heartbeat.TIMESTAMP_KEY, time);
        return new ProducerRecord<>(
                heartbeats, 0, FailoverTestSupport.bytes(key), FailoverTestSupport.bytes(header, value));
    }

    @Test
    void invalidHeartbeat_isIgnored(@TempDir Path directory) throws Exception {
        // With the default separator, the other flows would also copy this topic.
        TopicProbe.create("pulse_heartbeats", 1);
        KafkaProbe.send(new ProducerRecord<>("pulse_heartbeats", 0, new byte[1], null));
        Path file = file(directory, "pulse", TOPIC, TestServers.shared().ports().kafkaBrokers())
                .file();
        Files.writeString(file, "replication.policy.separator = _\n", StandardOpenOption.APPEND);

        try (MirrorMonitor monitor = new MirrorMonitor(MirrorFile.read(file), clock)) {
            FlowState flow = monitor.measure().flows().get(0);
            assertThat(flow.problems()).allMatch(each -> each.contains("are one cluster"));
            assertThat(flow.heartbeatAgeMs()).isNull();

            KafkaProbe.send(heartbeat(
                    "pulse_heartbeats", clock.instant().minusSeconds(7).toEpochMilli()));
            assertThat(monitor.measure().flows().get(0).heartbeatAgeMs()).isEqualTo(7_000);
        }
    }

    /** Operators remove an alias by sending its tombstone. */
    @Test
    void removedAlias_isStoredAgain(@TempDir Path directory) throws Exception {
        try (ClusterClients target = new ClusterClients(file(directory, TOPIC), "B")) {
            assertThat(new KnownClusters().formerId(target, "A", "former")).isEmpty();
            KafkaProbe.send(new ProducerRecord<>(KnownClusters.TOPIC, 0, "A".getBytes(UTF_8), null));

            assertThat(new KnownClusters().formerId(target, "A", "new")).isEmpty();
            assertThat(new KnownClusters().formerId(target, "A", "newer")).contains("new");
        }
    }

    @Test
    void rejectedId_isReportedWithTheCause(@TempDir Path directory) throws Exception {
        try (ClusterClients target = new ClusterClients(file(directory, TOPIC), "B")) {
            new KnownClusters().formerId(target, "stored", "id");
            TopicProbe.configure(KnownClusters.TOPIC, "max.message.bytes", "1");
            await().untilAsserted(() -> assertThatThrownBy(() -> KafkaProbe.send(
                            new ProducerRecord<>(KnownClusters.TOPIC, 0, "other".getBytes(UTF_8), null)))
                    .hasCauseInstanceOf(RecordTooLargeException.class));

            assertThatThrownBy(() -> new KnownClusters().formerId(target, "rejected", "id"))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageStartingWith("Writing the id of rejected to " + KnownClusters.TOPIC + " in B at ")
                    .hasMessageContaining(" failed: RecordTooLargeException: ");
        } finally {
            TopicProbe.reset(KnownClusters.TOPIC, "max.message.bytes");
        }
    }

    /**
     * Returns a mirror file with twice the same cluster; this is a problem of the flow, but does not affect its
     * lag.
     */
    private static MirrorFile file(Path directory, String topic) throws Exception {
        return file(directory, "A", topic, TestServers.shared().ports().kafkaBrokers());
    }

    private static MirrorFile file(Path directory, String source, String topic, String brokers) throws Exception {
        return MirrorFile.read(
                Files.writeString(directory.resolve("mirror.properties"), """
                        clusters = %1$s, B
                        %1$s.bootstrap.servers = %2$s
                        B.bootstrap.servers = %2$s
                        %1$s->B.enabled = true
                        %1$s->B.topics = %3$s
                        """.formatted(source, brokers, topic)));
    }
}
