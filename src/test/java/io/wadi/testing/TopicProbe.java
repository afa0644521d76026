package io.wadi.testing;

import io.wadi.kafka.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;

/** Creates, changes and describes topics of the test run's Kafka independently of the pipeline. */
public final class TopicProbe {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private TopicProbe() {}

    /** Creates a topic; returns when producers can send to it. */
    public static void create(String name, int partitions) throws ExecutionException, InterruptedException {
        create(name, partitions, Map.of());
    }

    /** Creates a topic with settings; returns when producers can send to it. */
    public static void create(String name, int partitions, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        SharedAdmin.CLIENT
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                .all()
                .get();
        awaitLeaders(name, partitions);
    }

    /** Deletes a topic and creates it again with one partition; returns when producers can send to it. */
    public static void recreate(String name) throws ExecutionException, InterruptedException {
        SharedAdmin.CLIENT.deleteTopics(List.of(name)).all().get();
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> !SharedAdmin.CLIENT.listTopics().names().get().contains(name));
        create(name, 1);
    }

    /** Adds partitions to a topic; returns when producers can send to them. */
    public static void grow(String name, int partitions) throws ExecutionException, InterruptedException {
        SharedAdmin.CLIENT
                .createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
        awaitLeaders(name, partitions);
    }

    public static void awaitLeaders(String name, int partitions) {
        Awaitility.await()
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .untilAsserted(() ->
                        Topics.leaders(SharedAdmin.CLIENT, name, partitions).get());
    }

    /** Changes a setting of a topic. */
    public static void configure(String topic, String setting, String value)
            throws ExecutionException, InterruptedException {
        SharedAdmin.configure(ConfigResource.Type.TOPIC, topic, Map.of(setting, value), AlterConfigOp.OpType.SET);
    }

    /** Resets a setting of a topic to the broker's default. */
    public static void reset(String topic, String setting) throws ExecutionException, InterruptedException {
        SharedAdmin.configure(ConfigResource.Type.TOPIC, topic, Map.of(setting, ""), AlterConfigOp.OpType.DELETE);
    }

    /** Returns the number of partitions of a topic. */
    public static int partitions(String topic) throws ExecutionException, InterruptedException {
        return partitions(SharedAdmin.CLIENT, topic).size();
    }

    private static List<TopicPartition> partitions(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get().partitions().stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    /** Returns the end offset of a partition. */
    public static long end(TopicPartition partition) throws ExecutionException, InterruptedException {
        return SharedAdmin.CLIENT
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** Returns the end offset of each partition of these topics. */
    public static Map<TopicPartition, Long> ends(List<String> topics) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (String topic : topics) {
            ends.putAll(ends(SharedAdmin.CLIENT, topic, IsolationLevel.READ_UNCOMMITTED));
        }
        return ends;
    }

    /** Returns the end offset of each partition of a topic in another Kafka. */
    public static Map<TopicPartition, Long> ends(String brokers, String topic)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            return ends(admin, topic, IsolationLevel.READ_UNCOMMITTED);
        }
    }

    private static Map<TopicPartition, Long> ends(Admin admin, String topic, IsolationLevel seenBy)
            throws ExecutionException, InterruptedException {
        return ends(admin, partitions(admin, topic), seenBy);
    }

    /** Returns the end offsets; with {@code READ_UNCOMMITTED} they include the records of open transactions. */
    static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> partitions, IsolationLevel seenBy) {
        return admin
                .listOffsets(
                        partitions.stream().collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest())),
                        new ListOffsetsOptions(seenBy))
                .all()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    /**
     * Waits until these topics exist and consumers with {@code read_committed} can read them to the end. An open
     * transaction of a killed process prevents this until its timeout of 10 to 20 s.
     */
    public static void awaitReadable(String... topics) {
        for (String topic : topics) {
            Awaitility.await(topic + " can be read to its end")
                    .atMost(TIMEOUT)
                    .ignoreExceptionsMatching(failed -> failed.getCause() instanceof UnknownTopicOrPartitionException)
                    .until(() -> ends(SharedAdmin.CLIENT, topic, IsolationLevel.READ_COMMITTED)
                            .equals(ends(List.of(topic))));
        }
    }

    /** Deletes the records of a partition before an offset. */
    public static void delete(TopicPartition partition, long before) throws ExecutionException, InterruptedException {
        SharedAdmin.CLIENT
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }
}
