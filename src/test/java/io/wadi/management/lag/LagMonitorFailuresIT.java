package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lag monitor when Kafka, a record of the log or a group cannot be read, and afterwards. */
class LagMonitorFailuresIT extends LagTestSupport {
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
            await().until(() -> !ofLog.lines().isEmpty()
                    && !ofTopic.lines().isEmpty()
                    && denied.latest().find(topic).isPresent());
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
            fails.set(true);
            commit(consumer, partition, 0);

            await().until(() -> !fails.get());
            long failed = failing.latest().timeMs();
            await().until(() -> failing.latest().timeMs() > failed);
            assertThat(failing.latest().problem()).isEmpty();
        }
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
    @Nightly(
            perChange = {
                "GroupProgressProbeIT#unresponsiveKafka_isAFault",
                "LagMonitorFailuresIT#failureBetweenSamples_doesNotStopTheMonitor"
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
