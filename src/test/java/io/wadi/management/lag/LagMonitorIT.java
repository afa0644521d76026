package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.records.TopicReader;
import io.wadi.local.ChildJvm;
import io.wadi.local.KafkaProcess;
import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.ForeignMember;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lag monitor with a real Kafka and with groups in each status. */
class LagMonitorIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String topic = "lag-" + UUID.randomUUID();
    private final TopicPartition partition = new TopicPartition(topic, 0);

    @AutoClose
    private final LagMonitor monitor = monitor(TestServers.shared().ports().kafkaBrokers(), 1000, 10_000);

    private static LagMonitor monitor(String brokers, int maxGroups, int maxPartitions) {
        KafkaClients kafka = KafkaProbe.clients(brokers);
        return new LagMonitor(
                new LagMonitor.Options(Duration.ofMillis(50), new LagEvaluator.Rules(0, 2), maxGroups, maxPartitions),
                kafka::adminProperties,
                () -> kafka.observerProperties("none"));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String group) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "group.id",
                        group,
                        "client.id",
                        "of-" + group,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void commit(KafkaConsumer<?, ?> consumer, TopicPartition partition, long offset) {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
    }

    private void send(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        }
    }

    private Optional<PartitionLag> found(String group) {
        return monitor.latest().find(group).stream()
                .flatMap(each -> each.partitions().stream())
                .filter(each -> each.partition().equals(partition))
                .findFirst();
    }

    private void awaitStatus(String group, LagStatus expected) {
        await().until(() -> found(group).map(PartitionLag::status), status -> status.equals(Optional.of(expected)));
    }

    @Test
    void groupWithoutMembers_isReported_asStopped() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            for (long offset = 1; offset <= 3; offset++) {
                commit(consumer, partition, offset);
            }
        }
        monitor.start();

        awaitStatus(topic, LagStatus.STOP);
        GroupLag group = monitor.latest().find(topic).orElseThrow();
        assertThat(group.state()).isEqualTo("Empty");
        assertThat(group.type()).isEqualTo("Classic");
        assertThat(group.members()).isZero();
        assertThat(group.worst()).isEqualTo(LagStatus.STOP);
        PartitionLag lag = found(topic).orElseThrow();
        assertThat(List.of(lag.committed(), lag.end(), lag.lag())).containsExactly(3L, 5L, 2L);
        assertThat(lag.clientId()).isEmpty();
        await().until(() -> found(topic).orElseThrow().lagMs() > 0);
        assertThat(found(topic).orElseThrow().lagMsExact()).isFalse();
    }

    @Test
    void offsetsWithoutRecords_areNotLag() throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.sendInTransaction(topic, true, "first", "second");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 1);
            monitor.start();
            awaitStatus(topic, LagStatus.OK);
            assertThat(found(topic).orElseThrow().lag())
                    .as("a record and a marker")
                    .isEqualTo(2);
            commit(consumer, partition, 2);
        }
        awaitLag(0, 3);
        PartitionLag caughtUp = found(topic).orElseThrow();
        assertThat(List.of(caughtUp.committed(), caughtUp.lagMs())).containsExactly(2L, 0L);
        assertThat(LagText.of(LagJson.of(monitor.latest(), "kafka"), true))
                .contains("        OK      " + partition
                        + ": no lag, committed 2 of 3 with no record in between, not assigned");

        KafkaProbe.sendInTransaction(topic, false, "aborted");
        awaitLag(0, 5);

        send(1);
        awaitLag(4, 6);
        awaitStatus(topic, LagStatus.STOP);
        assertThat(found(topic).orElseThrow().lag()).isEqualTo(4);
    }

    /** The lag is too large for a search for a record. */
    @Test
    void deletedRecords_areNotLag() throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.inTransaction(topic, producer -> {
            for (int i = 0; i < 1001; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
            }
            producer.commitTransaction();
        });
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, partition, 1);
        }
        monitor.start();
        awaitStatus(topic, LagStatus.STOP);
        assertThat(found(topic).orElseThrow().lag()).isEqualTo(1001);

        TopicProbe.delete(partition, 1002);

        awaitLag(0, 1002);
        assertThat(found(topic).orElseThrow().status()).isEqualTo(LagStatus.OK);
    }

    private void awaitLag(long lag, long end) {
        await().until(
                        () -> found(topic).map(each -> List.of(each.lag(), each.end())),
                        found -> found.equals(Optional.of(List.of(lag, end))));
    }

    /** Kafka does not return records of an open transaction to {@code read_committed} consumers. */
    @Test
    void openTransaction_countsAsLag() throws Exception {
        TopicProbe.create(topic, 1);
        send(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, partition, 1);
        }
        monitor.start();
        KafkaProbe.inTransaction(topic, producer -> {
            producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            awaitStatus(topic, LagStatus.STOP);
            assertThat(found(topic).orElseThrow().lag()).isEqualTo(1);
            producer.abortTransaction();
        });
        awaitLag(0, 3);
    }

    @Test
    void repeatedCommitsOfOneOffset_areRecorded() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        monitor.start();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            consumer.subscribe(List.of(topic));
            await().until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());

            await().until(() -> {
                commit(consumer, partition, 2);
                return found(topic).map(PartitionLag::status).equals(Optional.of(LagStatus.STALL));
            });
            assertThat(found(topic).orElseThrow().clientId()).isEqualTo("of-" + topic);
            assertThat(found(topic).orElseThrow().commits())
                    .extracting(Commit::offset)
                    .containsOnly(2L);
        }
    }

    @Test
    void offsetThatWentBack_isARewind_andLagIsReportedInRecordsAndSeconds() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        monitor.start();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 5);
            await().until(() -> found(topic).isPresent());
            assertThat(found(topic).orElseThrow().lag()).isZero();
            assertThat(found(topic).orElseThrow().lagMs()).isZero();
            commit(consumer, partition, 1);

            await().until(() -> {
                commit(consumer, partition, 2);
                return found(topic).map(PartitionLag::status).equals(Optional.of(LagStatus.REWIND));
            });
            send(1);
            commit(consumer, partition, 5);
            await().until(() -> found(topic).orElseThrow().lag() == 1);
            assertThat(found(topic).orElseThrow().lagMsExact()).isTrue();
        }
    }

    @Test
    void commitsBeforeTheStart_areRead() throws Exception {
        TopicProbe.create(topic, 1);
        send(9);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 4);
            commit(consumer, partition, 7);
            commit(consumer, partition, 2);
        }

        await().ignoreExceptions().untilAsserted(() -> {
            monitor.sample();

            assertThat(found(topic).orElseThrow().commits())
                    .extracting(Commit::offset)
                    .containsExactly(4L, 7L, 2L);
        });
    }

    @Test
    void reopenedLog_isReadFromWhereTheFirstEnded() throws Exception {
        TopicProbe.create(topic, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                CommitLog first = commitLog();
                CommitLog second = commitLog()) {
            commit(consumer, partition, 1);
            List<Long> read = new ArrayList<>();
            assertThat(first.open(Map.of())).isTrue();
            first.readToEnd(TIMEOUT, commits(read));
            assertThat(read).containsExactly(1L);

            commit(consumer, partition, 2);
            assertThat(second.open(first.positions())).isTrue();
            second.readToEnd(TIMEOUT, commits(read));

            assertThat(read).containsExactly(1L, 2L);
        }
    }

    @Test
    void logThatIsOpenedAgainAfterAFailure_passesNoRecordTwice() throws Exception {
        TopicProbe.create(topic, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                CommitLog first = commitLog();
                CommitLog second = commitLog()) {
            commit(consumer, partition, 1);
            commit(consumer, partition, 2);
            commit(consumer, partition, 3);
            List<Long> read = new ArrayList<>();
            CommitLog.Listener commits = commits(read);
            assertThat(first.open(Map.of())).isTrue();

            assertThatThrownBy(() -> first.readToEnd(TIMEOUT, new CommitLog.Listener() {
                        @Override
                        public void committed(String group, TopicPartition of, long offset, long timeMs) {
                            commits.committed(group, of, offset, timeMs);
                            if (group.equals(topic) && offset == 2) {
                                throw new IllegalStateException("at the second");
                            }
                        }

                        @Override
                        public void deleted(String group, TopicPartition of) {}
                    }))
                    .hasMessage("at the second");
            assertThat(second.open(first.positions())).isTrue();
            second.readToEnd(TIMEOUT, commits);

            assertThat(read).containsExactly(1L, 2L, 3L);
        }
    }

    /** Groups with a coordinator that is down are not listed, but others are. */
    @Test
    @Nightly(because = "needs three brokers")
    void partitionOfTheLogWithoutALeader_doesNotHideTheGroupsOfOthers(@TempDir Path directory) throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BrokerProcess.addresses(brokers)));
                LagMonitor own = monitor(BrokerProcess.addresses(brokers), 1000, 10_000)) {
            Map<Integer, List<Integer>> replicas = new HashMap<>();
            for (int i = 0; i < 8; i++) {
                replicas.put(i, List.of(i == 7 ? 2 : 1));
            }
            NewTopic log = new NewTopic(CommitLog.TOPIC, replicas)
                    .configs(Map.of("cleanup.policy", "compact", "min.insync.replicas", "1"));
            admin.createTopics(List.of(log, new NewTopic(topic, Map.of(0, List.of(1)))))
                    .all()
                    .get();
            String group = Stream.iterate(0, i -> i + 1)
                    .map(i -> "g" + i)
                    .filter(name -> Utils.abs(name.hashCode()) % 8 == 0)
                    .findFirst()
                    .orElseThrow();
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(0)))
                    .all()
                    .get();
            brokers.get(1).kill();

            await().atMost(ChildJvm.START_TIMEOUT).untilAsserted(() -> {
                LagReport report = own.sample();
                assertThat(report.problem()).isEmpty();
                assertThat(report.find(group)).isPresent();
                assertThat(report.ends()).doesNotContainKey(new TopicPartition(CommitLog.TOPIC, 7));
            });
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }

    @Test
    @Nightly(because = "needs a broker with an authorizer")
    void topicsThatWadiMayReadLater_areReadThen(@TempDir Path directory) throws Exception {
        Map<String, String> authorizer = Map.of(
                "authorizer.class.name", StandardAuthorizer.class.getName(), "allow.everyone.if.no.acl.found", "true");
        LocalKafka kafka = new LocalKafka(directory, Ports.free(), authorizer, List.of());
        kafka.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()));
                LagMonitor denied = monitor(kafka.address(), 1000, 1000);
                Warnings ofLog = new Warnings(LagMonitor.class.getName(), Level.INFO);
                Warnings ofTopic = new Warnings(EmptyLag.class.getName(), Level.INFO)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            sendAborted(kafka.address());
            commitBegin(admin);
            admin.createAcls(List.of(describeOnly(topic), describeOnly(CommitLog.TOPIC)))
                    .all()
                    .get();
            await().until(() -> isDenied(kafka.address()));

            denied.start();
            await().until(() -> !ofLog.lines().isEmpty() && !ofTopic.lines().isEmpty());
            PartitionLag before =
                    denied.latest().find(topic).orElseThrow().partitions().get(0);
            assertThat(before.lag()).isPositive();
            assertThat(before.commits()).hasSize(1);

            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();

            await().until(() -> {
                commitBegin(admin);
                PartitionLag now =
                        denied.latest().find(topic).orElseThrow().partitions().get(0);
                return now.lag() == 0 && now.commits().size() > 1;
            });
        } finally {
            kafka.stop();
        }
    }

    /** Sends an aborted record, which a marker follows. */
    private void sendAborted(String brokers) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "transactional.id", topic);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            producer.abortTransaction();
        }
    }

    private void commitBegin(Admin admin) throws Exception {
        admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(0)))
                .all()
                .get();
    }

    private static AclBinding describeOnly(String name) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
    }

    private boolean isDenied(String brokers) {
        try (TopicReader reader =
                new TopicReader(KafkaProbe.clients(brokers).observerProperties("none"), TopicReader.Fetch.DEFAULT)) {
            reader.firsts(Map.of(partition, 0L), Map.of(partition, 1L), TIMEOUT);
            return false;
        } catch (TopicAuthorizationException e) {
            return true;
        }
    }

    private static CommitLog commitLog() {
        return new CommitLog(KafkaProbe.clients().observerProperties("none"));
    }

    /** Adds the offsets that this test's group commits. */
    private CommitLog.Listener commits(List<Long> offsets) {
        return new CommitLog.Listener() {
            @Override
            public void committed(String group, TopicPartition of, long offset, long timeMs) {
                if (group.equals(topic)) {
                    offsets.add(offset);
                }
            }

            @Override
            public void deleted(String group, TopicPartition of) {}
        };
    }

    static Stream<Runnable> failures() {
        return Stream.of(
                () -> {
                    throw new IllegalStateException("once");
                },
                () -> {
                    throw new StackOverflowError("once");
                });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureBetweenSamples_doesNotStopTheMonitor(Runnable failure) throws Exception {
        TopicProbe.create(topic, 1);
        AtomicBoolean fails = new AtomicBoolean();
        KafkaClients kafka = KafkaProbe.clients();
        LagEvaluator.Rules rules = new LagEvaluator.Rules(0, 2);
        LagStore store = new LagStore(new LagStore.Limits(rules, 10_000, 0)) {
            @Override
            public void committed(String group, TopicPartition of, long offset, long timeMs) {
                if (group.equals(topic) && fails.getAndSet(false)) {
                    failure.run();
                }
                super.committed(group, of, offset, timeMs);
            }
        };
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                LagMonitor failing = new LagMonitor(
                        new LagMonitor.Options(Duration.ofSeconds(2), rules, 1000, 10_000),
                        kafka::adminProperties,
                        () -> kafka.observerProperties("none"),
                        store)) {
            commit(consumer, partition, 0);
            failing.start();
            await().until(() -> failing.latest().find(topic).isPresent());
            LagReport before = failing.latest();
            fails.set(true);
            commit(consumer, partition, 0);

            await().until(() -> !fails.get());
            await().until(() -> failing.latest().timeMs() > before.timeMs());
            assertThat(failing.latest().problem()).isEmpty();
        }
    }

    @Test
    void topicDeletedWhileMonitored_isRemoved_andOthersContinue() throws Exception {
        TopicProbe.create(topic, 1);
        String other = topic + "-other";
        TopicProbe.create(other, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, new TopicPartition(other, 0), 0);
        }
        monitor.start();
        await().until(() -> found(topic).isPresent());

        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }

        await().until(() -> found(topic).isEmpty());
        assertThat(monitor.latest().problem()).isEmpty();
        assertThat(monitor.latest().topics()).doesNotContainKey(topic);
        assertThat(monitor.latest().find(topic).orElseThrow().partitions())
                .extracting(PartitionLag::partition)
                .containsExactly(new TopicPartition(other, 0));
    }

    @Test
    void undecodableAssignments_areReported_andDoNotAffectOtherGroups() throws Exception {
        TopicProbe.create(topic, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                ForeignMember alien =
                        ForeignMember.join(topic + "-alien", "consumer", "?!".getBytes(StandardCharsets.UTF_8));
                ForeignMember connect =
                        ForeignMember.join(topic + "-connect", "connect", "?!".getBytes(StandardCharsets.UTF_8))) {
            consumer.subscribe(List.of(topic));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return !consumer.assignment().isEmpty();
            });
            commit(consumer, partition, 0);

            await().ignoreExceptions().untilAsserted(() -> {
                LagReport report = monitor.sample();

                assertThat(report.problem()).isEmpty();
                assertThat(report.find(topic).orElseThrow().members()).isEqualTo(1);
                assertThat(found(topic).orElseThrow().clientId()).isEqualTo("of-" + topic);
                assertThat(report.find(topic + "-alien").orElseThrow().problem())
                        .startsWith("members unknown: ");
                assertThat(report.find(topic + "-connect")).isEmpty();
            });
            assertThat(alien).isNotSameAs(connect);
        }
    }

    @Test
    void groupsAndPartitionsBeyondTheLimits_areReported() throws Exception {
        TopicProbe.create(topic, 3);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            for (int i = 0; i < 3; i++) {
                commit(consumer, new TopicPartition(topic, i), 0);
            }
        }
        try (LagMonitor narrow = monitor(TestServers.shared().ports().kafkaBrokers(), 1000, 0);
                LagMonitor blind = monitor(TestServers.shared().ports().kafkaBrokers(), 0, 10)) {
            await().ignoreExceptions().untilAsserted(() -> {
                LagReport report = narrow.sample();

                assertThat(report.find(topic).orElseThrow().partitions()).hasSize(3);
                assertThat(report.omitted())
                        .matches("\\d+ partitions of groups are not evaluated: wadi.lag.max-partitions is 0\\.");
            });
            await().untilAsserted(() -> assertThat(blind.sample().omitted())
                    .matches("\\d+ groups are not monitored: they exceed wadi.lag.max-groups\\."));
        }
    }

    @Test
    @Nightly(
            perChange = {
                "GroupProgressProbeIT#unresponsiveKafka_isAFault",
                "LagMonitorIT#failureBetweenSamples_doesNotStopTheMonitor"
            })
    void frozenBroker_isReportedWithinTheTimeout_andClearedWhenItAnswers(@TempDir Path directory) throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory);
                LagMonitor frozen = monitor(kafka.brokers(), 1000, 1000);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(0)))
                    .all()
                    .get();
            frozen.start();
            await().until(() -> frozen.latest().find(topic).isPresent());

            kafka.freeze();
            try {
                await().until(() -> !frozen.latest().problem().isEmpty());
                assertThat(frozen.latest().problem()).contains("TimeoutException: ");
                assertThat(frozen.latest().find(topic)).isPresent();
            } finally {
                kafka.thaw();
            }
            await().until(() -> frozen.latest().problem().isEmpty());
        }
    }
}
