package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.BrokerVersion;
import io.wadi.kafka.Flow;
import io.wadi.kafka.topics.TopicsAdmin.Mode;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Declarations, compared with topics of a real Kafka. */
class TopicsOnKafkaIT extends TopicsTestSupport {
    private Entry run(Topics topics, Mode mode) throws InterruptedException {
        TopicsReport report = new TopicsAdmin(topics, admin).run(mode, false);
        assertThat(report.topics()).hasSize(1);
        return report.topics().get(0);
    }

    private String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigEntry entry = admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(name);
        return entry.value();
    }

    /** The broker receives changes of the controller with a delay. */
    private void awaitSetting(String topic, String name, String value) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(setting(topic, name)).isEqualTo(value));
    }

    /**
     * Kafka accepts a minimum of in-sync replicas above the replication factor, which the health check and the
     * rejection of such a declaration rely on.
     */
    @Test
    void minIsrAboveReplication_isNotEnforcedByKafka() throws Exception {
        String topic = "topics-min-isr";
        TopicProbe.create(topic, 1, Map.of("min.insync.replicas", "2"));

        assertThat(KafkaProbe.send(new ProducerRecord<>(topic, new byte[1])).offset())
                .isZero();
        Map<String, Uuid> ids = new HashMap<>();
        try (TopicsInSync probe =
                new TopicsInSync(TopicsOnKafkaIT::client, () -> Set.of(topic), (found, nanos) -> ids.putAll(found))) {
            assertThat(probe.check().isFault()).isFalse();
        }
        assertThat(ids).containsOnlyKeys(topic).doesNotContainValue(Uuid.ZERO_UUID);
        assertThat(run(declare(topic, "partitions: 1, min-isr: 3"), Mode.DESCRIBE)
                        .rejected())
                .containsExactly("min-isr 3 exceeds replication 1: Kafka would accept records with 1 in sync");
    }

    @Test
    @Nightly(because = "needs a broker with an authorizer")
    void topicThatWadiMayNotDescribe_doesNotHideTheFaultsOfOthers(@TempDir Path directory) throws Exception {
        Map<String, String> authorizer = Map.of(
                "authorizer.class.name", StandardAuthorizer.class.getName(), "allow.everyone.if.no.acl.found", "true");
        LocalKafka kafka = new LocalKafka(directory, Ports.free(), authorizer, List.of());
        kafka.start();
        Properties client = new Properties();
        client.put("bootstrap.servers", kafka.address());
        try (Admin own = Admin.create(client);
                TopicsInSync probe =
                        new TopicsInSync(() -> client, () -> Set.of("denied", "missing"), (ids, nanos) -> {})) {
            own.createTopics(List.of(new NewTopic("denied", 1, (short) 1)))
                    .all()
                    .get();
            own.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, "denied", PatternType.LITERAL),
                            new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.DENY))))
                    .all()
                    .get();

            await().untilAsserted(() -> assertThat(probe.check().message())
                    .contains(
                            "topic denied cannot be described (TopicAuthorizationException",
                            "topic missing does not exist"));
        } finally {
            kafka.stop();
        }
    }

    private static Properties client() {
        Properties client = new Properties();
        client.put("bootstrap.servers", Flow.brokers());
        return client;
    }

    /** The thread also keeps the producer open that has the topics' metadata. */
    @Test
    void errorsOfTheJvmOnceTopicsAreReady_doNotEndTheThread() {
        AtomicInteger clients = new AtomicInteger();
        try (Warnings warnings = new Warnings(TopicProvisioner.class.getName());
                TopicProvisioner provisioner = new TopicProvisioner(
                        Flow.brokers(),
                        Topics.parse("topics: []"),
                        Set.of(),
                        () -> {
                            if (clients.incrementAndGet() == 2) {
                                throw new NoClassDefFoundError("io/wadi/MissingInTheCheck");
                            }
                            return client();
                        },
                        () -> new MockProducer<>())) {
            provisioner.onReady(() -> {
                throw new NoClassDefFoundError("io/wadi/MissingInTheAction");
            });
            provisioner.addUsed("topics-of-no-one");
            provisioner.start();

            await().untilAsserted(() -> assertThat(warnings.lines())
                    .anyMatch(line -> line.startsWith("Topic topics-of-no-one of a route is neither declared")));
        }
    }

    /** Retries while the broker has no metadata of a topic yet, as {@link TopicProvisioner} does. */
    private List<String> apply(Topics topics) {
        return await().ignoreException(KafkaException.class).until(() -> topics.apply(admin), left -> true);
    }

    @Test
    void apply_undeclaredReplication_usesTheBrokersDefault() throws Exception {
        Topics topics = declare("topics-as-brokers", "partitions: 2");

        assertThat(apply(topics)).isEmpty();

        awaitPartitions("topics-as-brokers", 2);
        Entry entry = run(topics, Mode.DESCRIBE);
        assertThat(entry.asDeclared()).isTrue();
        assertThat(entry.replication()).isEqualTo(1);
    }

    @Test
    void apply_missingTopic_isCreatedWithItsSettings_readyForWrites() throws Exception {
        String name = "topics-created";
        Topics topics = declare(
                name, "partitions: 2, replication: 1, retention: 3d, cleanup: both, config: {segment.ms: 60000}");

        assertThat(apply(topics)).isEmpty();

        KafkaProbe.send(new ProducerRecord<>(name, 1, new byte[] {1}, new byte[] {2}));
        awaitPartitions(name, 2);
        awaitSetting(name, "retention.ms", "259200000");
        awaitSetting(name, "cleanup.policy", "compact,delete");
        awaitSetting(name, "segment.ms", "60000");
        assertThat(run(topics, Mode.DESCRIBE).asDeclared()).isTrue();
        assertThat(apply(topics)).isEmpty();
    }

    @Test
    void apply_eachDeclaredField_isAppliedToTheTopic() throws Exception {
        Topics topics = declare(
                "topics-words",
                "partitions: 1, replication: 1, retention: forever, cleanup: compact, min-isr: 1, timestamp: append, "
                        + "max-message: 2MiB");

        apply(topics);

        assertThat(run(topics, Mode.DESCRIBE))
                .isEqualTo(new Entry("topics-words", 1, 1, List.of(), List.of(), List.of()));
    }

    @Test
    void describeAndDryRun_changeNothing() throws Exception {
        String name = "topics-looked-at";
        TopicProbe.create(name, 1);
        Topics topics = declare(name, "partitions: 2, replication: 1, retention: 1d");
        Topics other = declare("topics-never-made", "partitions: 2, replication: 1");

        for (Mode mode : List.of(Mode.DESCRIBE, Mode.DRY_RUN)) {
            assertThat(changes(run(topics, mode), State.PLANNED))
                    .containsExactly(
                            "partitions 1, declared 2 → would grow it to 2 partitions",
                            "retention 7d, declared 1d → would set retention.ms=86400000");
            assertThat(run(other, mode).partitions()).isNull();
        }

        awaitPartitions(name, 1);
        awaitSetting(name, "retention.ms", "604800000");
        assertThat(admin.listTopics().names().get()).doesNotContain("topics-never-made");
    }

    @Test
    void dryRun_changeThatKafkaWouldReject_isReported() throws Exception {
        Entry entry = run(declare("topics-too-wide", "partitions: 1, replication: 7"), Mode.DRY_RUN);

        assertThat(changes(entry, State.FAILED))
                .singleElement()
                .asString()
                .startsWith("does not exist → Kafka refused to create it with partitions 1, replication 7: "
                        + "InvalidReplicationFactorException: ");
    }

    @Test
    void apply_changedRetention_isSet_andOtherSettingsAreKept() throws Exception {
        String name = "topics-retention";
        TopicProbe.create(name, 1, Map.of("segment.ms", "60000", "retention.ms", "1000000"));

        Entry entry = run(declare(name, "partitions: 1, replication: 1, retention: 2d"), Mode.APPLY);

        assertThat(changes(entry, State.DONE))
                .containsExactly("retention 1000s, declared 2d → done: set retention.ms=172800000");
        assertThat(entry.notes()).containsExactly("segment.ms 60000 is not declared and stays");
        assertThat(entry.asDeclared()).isTrue();
        awaitSetting(name, "retention.ms", "172800000");
        awaitSetting(name, "segment.ms", "60000");
    }

    /** Kafka returns settings in another notation than that of the file. */
    @Test
    void apply_valuesInAnotherFormThanKafkas_areNoDifferences() throws Exception {
        String topic = "topics-forms";
        Topics declared = declare(
                topic,
                "partitions: 1, config: {min.cleanable.dirty.ratio: 0.10, 'cleanup.policy': 'compact, delete',"
                        + " preallocate: FALSE, segment.bytes: 016777216}");
        assertThat(run(declared, Mode.APPLY).asDeclared()).isTrue();
        awaitSetting(topic, "min.cleanable.dirty.ratio", "0.1");

        assertThat(changes(run(declared, Mode.DESCRIBE), State.PLANNED)).isEmpty();
    }

    @Test
    void apply_morePartitions_growsTheTopic() throws Exception {
        String name = "topics-grown";
        TopicProbe.create(name, 1);

        assertThat(apply(declare(name, "partitions: 4, replication: 1"))).isEmpty();

        awaitPartitions(name, 4);
        KafkaProbe.send(new ProducerRecord<>(name, 3, null, new byte[] {1}));
    }

    @Test
    void apply_morePartitionsOfAKeyedTopic_onlyWithTheOption() throws Exception {
        String name = "topics-keyed";
        TopicProbe.create(name, 1);
        Topics topics = declare(name, "partitions: 2, replication: 1, partitioner: {hash: customer}");

        assertThat(apply(topics))
                .containsExactly("topic topics-keyed: partitions 1, declared 2: keys would hash to other partitions "
                        + "afterwards. ./wadi topics apply --grow-keyed adds the partitions nevertheless");
        awaitPartitions(name, 1);

        assertThat(new TopicsAdmin(topics, admin).run(Mode.APPLY, true).asDeclared())
                .isTrue();
        awaitPartitions(name, 2);
    }

    @Test
    void apply_unsupportedChange_isReported_andOtherChangesAreApplied() throws Exception {
        String name = "topics-refused";
        TopicProbe.create(name, 3);

        assertThat(apply(declare(name, "partitions: 1, replication: 3, retention: 1d")))
                .containsExactly(
                        "topic topics-refused: partitions 3, declared 1: Kafka cannot remove partitions. Declare 3, or create "
                                + "a new topic",
                        "topic topics-refused: replication 1, declared 3: changing it moves data between brokers. Declare 1, "
                                + "or move it with kafka-reassign-partitions");

        awaitPartitions(name, 3);
        awaitSetting(name, "retention.ms", "86400000");
    }

    @Test
    void apply_valueRejectedByKafka_isReported() throws Exception {
        String name = "topics-value";
        TopicProbe.create(name, 1);

        assertThat(declare(name, "partitions: 1, replication: 1, config: {compression.type: rar}")
                        .apply(admin))
                .singleElement()
                .asString()
                .startsWith("topic topics-value: compression.type producer, declared rar → Kafka refused to set "
                        + "compression.type=rar: InvalidConfigurationException: ");
    }

    @Test
    void apply_topicThatCannotBeCreated_doesNotStopTheOthers() throws Exception {
        Topics topics = Topics.parse("""
                topics:
                  - {name: topics-impossible, partitions: 1, replication: 7}
                  - {name: topics-possible, partitions: 1, replication: 1}
                """);

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> topics.apply(admin))
                .withMessageContaining("topic topics-impossible: does not exist → Kafka refused to create it");
        await().until(() -> admin.listTopics().names().get().contains("topics-possible"));
    }

    @Test
    void brokerVersion_isComparedWithTheBrokersOwnMaximum() throws Exception {
        assertThat(BrokerVersion.OLDEST.refusal(admin)).isEmpty();
        assertThat(new BrokerVersion("a later version", Short.MAX_VALUE).refusal(admin))
                .hasValueSatisfying(reason ->
                        assertThat(reason).startsWith("Kafka is older than a later version (metadata.version up to "));
    }

    @Test
    void provisioner_topicThatCannotBeCreated_doesNotKeepTheOthersClosed() throws Exception {
        Topics topics = Topics.parse("""
                topics:
                  - {name: topics-closed, partitions: 1, replication: 7, ingest: true}
                  - {name: topics-open, partitions: 1, replication: 1, ingest: true}
                """);

        try (TopicProvisioner provisioner = new TopicProvisioner(
                Flow.brokers(),
                topics,
                Set.of(),
                TopicsOnKafkaIT::client,
                () -> KafkaProbe.clients(Flow.brokers()).nonBlockingProducer(30_000, 1 << 20, 1 << 20))) {
            provisioner.start();

            provisioner.ready("topics-open").get(2, TimeUnit.MINUTES);
            assertThat(provisioner.ready("topics-closed")).isNotDone();
            await().untilAsserted(() -> assertThat(provisioner.call().getMessage())
                    .hasValueSatisfying(message -> assertThat(message)
                            .startsWith("topics are not ready: ")
                            .contains("topic topics-closed: does not exist → Kafka refused to create it")));
        }
    }

    @Test
    void run_undeclaredTopics_areListed() throws Exception {
        TopicProbe.create("topics-of-others", 1);

        assertThat(new TopicsAdmin(Topics.parse("topics: []"), admin)
                        .run(Mode.APPLY, false)
                        .undeclared())
                .contains("topics-of-others")
                .doesNotContain("__consumer_offsets");
    }
}
