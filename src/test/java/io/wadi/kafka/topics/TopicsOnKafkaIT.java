package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.BrokerVersion;
import io.wadi.kafka.Flow;
import io.wadi.kafka.groups.GroupSnapshot;
import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.kafka.topics.TopicsAdmin.Mode;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreatePartitionsResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Declarations, compared with topics of a real Kafka. */
class TopicsOnKafkaIT {
    @AutoClose
    private Admin admin;

    @BeforeEach
    void open() {
        admin = Flow.admin();
    }

    private static Topics declare(String name, String fields) {
        return Topics.parse("topics: [{name: %s, %s}]".formatted(name, fields));
    }

    private Entry run(Topics topics, Mode mode) throws InterruptedException {
        TopicsReport report = new TopicsAdmin(topics, admin).run(mode, false);
        assertThat(report.topics()).hasSize(1);
        return report.topics().get(0);
    }

    private List<String> changes(Entry entry, State state) {
        return TopicsText.changes(entry, state).toList();
    }

    private int partitions(String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
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

    /** Returns a client that requests descriptions only after another client has deleted a topic. */
    private Admin deletingBeforeDescriptions(String topic) {
        return new ForwardingAdmin(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers())) {
            @Override
            public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
                admin.deleteTopics(List.of(topic));
                await().until(() -> !admin.listTopics().names().get().contains(topic));
                return super.describeTopics(topics, options);
            }
        };
    }

    @Test
    void list_omitsTopicsThatAreDeletedMeanwhile() throws Exception {
        TopicProbe.create("list-kept", 2);
        TopicProbe.create("list-deleted", 1);

        try (Admin deleting = deletingBeforeDescriptions("list-deleted")) {
            assertThat(new TopicInventory(deleting, Topics.parse("topics: []")).list())
                    .extracting(TopicInventory.Summary::topic)
                    .contains("list-kept")
                    .doesNotContain("list-deleted");
        }
    }

    /** Returns a client that may describe a topic, but not read its settings. */
    private static Admin withoutSettingsOf(String topic) {
        KafkaFutureImpl<Config> denied = new KafkaFutureImpl<>();
        denied.completeExceptionally(new TopicAuthorizationException(Set.of(topic)));
        return new ForwardingAdmin(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers())) {
            @Override
            public DescribeConfigsResult describeConfigs(
                    Collection<ConfigResource> resources, DescribeConfigsOptions options) {
                return new DescribeConfigsResult(
                        Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), denied)) {};
            }
        };
    }

    @Test
    void topicWithUnreadableSettings_isDescribedWithoutThem() throws Exception {
        TopicProbe.create("described-without-settings", 2);

        try (Admin denied = withoutSettingsOf("described-without-settings")) {
            TopicInventory.Details details =
                    new TopicInventory(denied, Topics.parse("topics: []")).describe("described-without-settings");

            assertThat(details.settings()).isNull();
            assertThat(details.partitions()).hasSize(2);
        }
    }

    @Test
    void comparison_reportsTopicsThatAreDeletedMeanwhileAsMissing() throws Exception {
        TopicProbe.create("compare-kept", 1);
        TopicProbe.create("compare-deleted", 1);
        Topics declared =
                Topics.parse("topics: [{name: compare-kept, partitions: 1}, {name: compare-deleted, partitions: 1}]");

        try (Admin deleting = deletingBeforeDescriptions("compare-deleted")) {
            assertThat(new TopicsAdmin(declared, deleting)
                            .run(Mode.DESCRIBE, false)
                            .topics())
                    .extracting(Entry::topic, Entry::partitions)
                    .containsExactly(tuple("compare-kept", 1), tuple("compare-deleted", null));
        }
    }

    @Test
    void groupOfATopicThatIsDeletedMeanwhile_isDescribed() throws Exception {
        TopicProbe.create("group-kept", 1);
        TopicProbe.create("group-deleted", 1);
        String group = "group-of-a-deleted-topic";
        admin.alterConsumerGroupOffsets(
                        group,
                        Map.of(
                                new TopicPartition("group-kept", 0), new OffsetAndMetadata(0),
                                new TopicPartition("group-deleted", 0), new OffsetAndMetadata(0)))
                .all()
                .get();

        try (Admin deleting = deletingBeforeDescriptions("group-deleted")) {
            assertThat(new GroupsAdmin(deleting).describe(group).positions())
                    .filteredOn(each -> each.end() != null)
                    .extracting(GroupSnapshot.Position::topic)
                    .containsExactly("group-kept");
        }
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
        try (TopicsInSync probe = new TopicsInSync(TopicsOnKafkaIT::client, () -> Set.of(topic))) {
            assertThat(probe.check().isFault()).isFalse();
        }
        assertThat(run(declare(topic, "partitions: 1, min-isr: 3"), Mode.DESCRIBE)
                        .rejected())
                .containsExactly("min-isr 3 exceeds replication 1: Kafka would accept records with 1 in sync");
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

    private void awaitPartitions(String topic, int count) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(partitions(topic)).isEqualTo(count));
    }

    /** Retries while the broker does not know a topic yet, as {@link TopicProvisioner} does. */
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

    /** Returns a client that lists topics before another client creates one. */
    private Admin listingBeforeCreationOf(String topic) {
        return new ForwardingAdmin(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers())) {
            @Override
            public ListTopicsResult listTopics(ListTopicsOptions options) {
                ListTopicsResult listed = super.listTopics(options);
                await().until(() -> listed.names().isDone());
                try {
                    TopicProbe.create(topic, 1);
                } catch (ExecutionException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return listed;
            }
        };
    }

    @Test
    void apply_topicThatIsCreatedMeanwhile_isComparedWithItsDeclaration() throws Exception {
        String name = "topics-created-meanwhile";
        try (Admin listing = listingBeforeCreationOf(name)) {
            Entry entry = new TopicsAdmin(declare(name, "partitions: 3, replication: 1"), listing)
                    .run(Mode.APPLY, false)
                    .topics()
                    .get(0);

            assertThat(changes(entry, State.DONE))
                    .containsExactly("partitions 1, declared 3 → done: grow it to 3 partitions");
        }
        awaitPartitions(name, 3);
    }

    /** Returns a client that adds partitions to a topic only after another client has. */
    private static Admin growingAfterGrowthOf(String topic, int partitions) {
        return new ForwardingAdmin(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers())) {
            @Override
            public CreatePartitionsResult createPartitions(
                    Map<String, NewPartitions> wanted, CreatePartitionsOptions options) {
                try {
                    TopicProbe.grow(topic, partitions);
                } catch (ExecutionException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.createPartitions(wanted, options);
            }
        };
    }

    @Test
    void apply_topicThatIsGrownMeanwhile_isComparedAgain() throws Exception {
        String name = "topics-grown-meanwhile";
        TopicProbe.create(name, 1);
        Topics topics = declare(name, "partitions: 3, replication: 1, retention: 1d");

        try (Admin growing = growingAfterGrowthOf(name, 3)) {
            Entry entry = new TopicsAdmin(topics, growing)
                    .run(Mode.APPLY, false)
                    .topics()
                    .get(0);

            assertThat(changes(entry, State.DONE))
                    .containsExactly("retention 7d, declared 1d → done: set retention.ms=86400000");
            assertThat(entry.asDeclared()).isTrue();
            assertThat(entry.partitions()).isEqualTo(3);
        }
    }

    /** Returns a client to which a topic is described as unknown, as by a broker that lags behind. */
    private static Admin notDescribing(String topic) {
        KafkaFutureImpl<TopicDescription> unknown = new KafkaFutureImpl<>();
        unknown.completeExceptionally(new UnknownTopicOrPartitionException("not known to this broker"));
        return new ForwardingAdmin(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers())) {
            @Override
            public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
                return new DescribeTopicsResult(null, Map.of(topic, unknown)) {};
            }
        };
    }

    @Test
    void apply_topicThatExistsButCannotBeDescribed_isReported() throws Exception {
        String name = "topics-undescribed";
        TopicProbe.create(name, 1);
        Topics topics = declare(name, "partitions: 3, replication: 1");

        try (Admin undescribed = notDescribing(name)) {
            TopicsReport report = new TopicsAdmin(topics, undescribed).run(Mode.APPLY, false);

            assertThat(report.asDeclared()).isFalse();
            assertThat(TopicsText.of(report))
                    .contains(
                            name + "  does not exist → Kafka refused to create it with partitions 3, replication 1: it "
                                    + "exists, but cannot be described and was not compared: apply again if it was just created, "
                                    + "or permit Wadi's user to describe it");
            assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> topics.apply(undescribed));
        }
        assertThat(partitions(name)).isEqualTo(1);
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
