package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.groups.GroupSnapshot;
import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.kafka.topics.TopicsAdmin.Mode;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** Topics that other clients change during an operation, or of which a broker returns only a part. */
class TopicsChangedMeanwhileIT extends TopicsTestSupport {
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
}
