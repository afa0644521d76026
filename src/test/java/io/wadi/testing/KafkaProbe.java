package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** Plain clients that read and change the test run's Kafka independently of the pipeline. */
public final class KafkaProbe {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private KafkaProbe() {}

    /** Clients that all calls share, because creating one costs more than most calls. */
    private static final class Shared {
        static final KafkaProducer<byte[], byte[]> PRODUCER = producer();
        static final Admin ADMIN = Admin.create(client());
    }

    private static Map<String, Object> client() {
        return Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
    }

    /** Returns the pipeline's clients. */
    public static KafkaClients clients() {
        return clients(TestServers.shared().ports().kafkaBrokers());
    }

    /** Returns the pipeline's clients for another Kafka. */
    public static KafkaClients clients(String brokers) {
        return new KafkaClients(brokers, new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()));
    }

    /** Returns a producer with {@code acks=all}, which the caller closes. */
    public static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one record and returns its partition and offset. */
    public static RecordMetadata send(ProducerRecord<byte[], byte[]> sent)
            throws ExecutionException, InterruptedException {
        return Shared.PRODUCER.send(sent).get();
    }

    /** Sends values to partition 0 in a transaction; returns when the transaction marker is in the topic. */
    public static void sendInTransaction(String topic, boolean commits, String... values)
            throws ExecutionException, InterruptedException {
        inTransaction(topic, producer -> {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value.getBytes(UTF_8)))
                        .get();
            }
            if (commits) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        });
    }

    /** A step that sends records in a transaction and commits or aborts it. */
    public interface Sends {
        void to(KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException;
    }

    /** Begins a transaction for a topic; returns when the transaction marker is in the topic. */
    public static void inTransaction(String topic, Sends sends) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("transactional.id", topic);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            sends.to(producer);
        }
        awaitReadable(topic);
    }

    /** Creates a topic; returns when producers can send to it. */
    public static void createTopic(String name, int partitions) throws ExecutionException, InterruptedException {
        createTopic(name, partitions, Map.of());
    }

    /** Creates a topic with settings; returns when producers can send to it. */
    public static void createTopic(String name, int partitions, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        Shared.ADMIN
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                .all()
                .get();
        awaitLeaders(name, partitions);
    }

    /** Deletes a topic and creates it again with one partition; returns when producers can send to it. */
    public static void recreateTopic(String name) throws ExecutionException, InterruptedException {
        Shared.ADMIN.deleteTopics(List.of(name)).all().get();
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> !Shared.ADMIN.listTopics().names().get().contains(name));
        createTopic(name, 1);
    }

    /** Adds partitions to a topic; returns when producers can send to them. */
    public static void growTopic(String name, int partitions) throws ExecutionException, InterruptedException {
        Shared.ADMIN
                .createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
        awaitLeaders(name, partitions);
    }

    public static void awaitLeaders(String name, int partitions) {
        Awaitility.await()
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .untilAsserted(
                        () -> Topics.leaders(Shared.ADMIN, name, partitions).get());
    }

    /** Returns all current records of a topic, by partition and offset. */
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        forEach(topic, all::add);
        all.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset));
        return all;
    }

    /**
     * Passes all current committed records of a topic to an action, by offset within each partition, without keeping
     * them.
     */
    public static void forEach(String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        forEach(TestServers.shared().ports().kafkaBrokers(), topic, action);
    }

    /**
     * Passes the current committed records of a topic in another Kafka to an action. Waits for open transactions with
     * records in the topic: Kafka aborts those of killed processes after 10 to 20 s.
     */
    public static void forEach(String brokers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", brokers);
        settings.put("isolation.level", "read_committed");
        // With the default, a fetch waits half a second at the end of one partition before the next partition is read.
        settings.put("fetch.max.wait.ms", 10);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(
                            0, consumer.partitionsFor(topic).size())
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = ends(brokers, partitions);
            long lastNanos = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(200));
                polled.forEach(action);
                if (!polled.isEmpty()) {
                    lastNanos = System.nanoTime();
                } else if (System.nanoTime() - lastNanos > TIMEOUT.toNanos()) {
                    throw new AssertionError("Topic %s: nothing was read for %d s before its ends %s"
                            .formatted(topic, TIMEOUT.toSeconds(), ends));
                }
            }
        }
    }

    /** Returns the end offsets, which include records of open transactions; the committed end offsets would not. */
    private static Map<TopicPartition, Long> ends(String brokers, List<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(partitions);
        }
    }

    /** Returns the current records of a topic that match a condition. */
    public static List<ConsumerRecord<byte[], byte[]>> read(
            String topic, Predicate<ConsumerRecord<byte[], byte[]>> condition) {
        return readAll(topic).stream().filter(condition).toList();
    }

    /** Returns the record at an offset. */
    public static ConsumerRecord<byte[], byte[]> read(String topic, int partition, long offset) {
        return read(topic, found -> found.partition() == partition && found.offset() == offset)
                .get(0);
    }

    /** Returns the record that a receipt names. */
    public static ConsumerRecord<byte[], byte[]> at(JsonNode receipt) {
        return read(
                receipt.path("topic").asText(),
                receipt.path("partition").asInt(),
                receipt.path("offset").asLong());
    }

    /** Returns the dead letters of a record, found by its partition and offset. */
    public static List<ConsumerRecord<byte[], byte[]>> deadLetters(RecordMetadata failed, String routeId) {
        return read(
                "wadi.dead-letter",
                deadLetter -> header(deadLetter, "__connect.errors.topic").equals(failed.topic())
                        && header(deadLetter, "__connect.errors.partition").equals(Integer.toString(failed.partition()))
                        && header(deadLetter, "__connect.errors.offset").equals(Long.toString(failed.offset()))
                        && header(deadLetter, "__connect.errors.connector.name").equals(routeId));
    }

    /** Returns a header as text; empty if it does not exist. */
    public static String header(ConsumerRecord<?, ?> found, String name) {
        Header header = found.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Returns the number of partitions of a topic. */
    public static int partitions(String topic) throws ExecutionException, InterruptedException {
        return Shared.ADMIN
                .describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .get()
                .partitions()
                .size();
    }

    /** Returns the end offset of a partition. */
    public static long end(TopicPartition partition) throws ExecutionException, InterruptedException {
        return Shared.ADMIN
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** Returns the end offset of each partition of a topic in another Kafka. */
    public static List<Long> ends(String brokers, String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get()
                    .partitions()
                    .forEach(each -> latest.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
            return admin.listOffsets(latest).all().get().values().stream()
                    .map(ListOffsetsResultInfo::offset)
                    .toList();
        }
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
                    .until(() -> latest(topic, IsolationLevel.READ_COMMITTED)
                            .equals(latest(topic, IsolationLevel.READ_UNCOMMITTED)));
        }
    }

    private static Map<TopicPartition, Long> latest(String topic, IsolationLevel seenBy)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < partitions(topic); partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> found = new HashMap<>();
        Shared.ADMIN
                .listOffsets(latest, new ListOffsetsOptions(seenBy))
                .all()
                .get()
                .forEach((partition, offset) -> found.put(partition, offset.offset()));
        return found;
    }

    /** Returns the end offset of each partition of these topics. */
    public static Map<TopicPartition, Long> ends(List<String> topics) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (String topic : topics) {
            ends.putAll(latest(topic, IsolationLevel.READ_UNCOMMITTED));
        }
        return ends;
    }

    /** Deletes the records of a partition before an offset. */
    public static void delete(TopicPartition partition, long before) throws ExecutionException, InterruptedException {
        Shared.ADMIN
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    /** Sets the committed offset of a group without members. */
    public static void commit(String group, TopicPartition partition, long offset)
            throws ExecutionException, InterruptedException {
        Shared.ADMIN
                .alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    /** Returns whether a group has committed at least these offsets. */
    public static boolean hasRead(String group, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(group);
        OffsetAndMetadata nothing = new OffsetAndMetadata(0);
        return ends.entrySet().stream()
                .allMatch(end -> committed.getOrDefault(end.getKey(), nothing).offset() >= end.getValue());
    }

    /** Returns the sum of a group's committed offsets: the number of records it has read, if it began at offset 0. */
    public static long committedRecords(String group) throws ExecutionException, InterruptedException {
        return committed(group).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** Returns whether a group is stable with this number of members, each of which has at least one partition. */
    public static boolean isShared(String group, int members) throws ExecutionException, InterruptedException {
        Collection<MemberDescription> found = members(Shared.ADMIN, group);
        return found.size() == members
                && found.stream()
                        .noneMatch(
                                member -> member.assignment().topicPartitions().isEmpty());
    }

    /** Returns the committed offsets of a group. */
    public static Map<TopicPartition, OffsetAndMetadata> committed(String group)
            throws ExecutionException, InterruptedException {
        return Shared.ADMIN
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /** Returns the ids of a group's members; a member that leaves and joins again has a new id. */
    public static Set<String> members(String group) throws ExecutionException, InterruptedException {
        return ids(members(Shared.ADMIN, group));
    }

    /** Returns the ids of the members of a group in another Kafka. */
    public static Set<String> members(String brokers, String group) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            return ids(members(admin, group));
        }
    }

    private static Set<String> ids(Collection<MemberDescription> members) {
        return members.stream().map(MemberDescription::consumerId).collect(Collectors.toSet());
    }

    /** Sets the session timeouts of a KIP-848 group to those that {@link RouteProcess} sets for classic groups. */
    public static void shortSessions(String group) throws ExecutionException, InterruptedException {
        configureGroup(group, Map.of("consumer.session.timeout.ms", "1500", "consumer.heartbeat.interval.ms", "300"));
    }

    /** Changes settings of a group. */
    public static void configureGroup(String group, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        configure(ConfigResource.Type.GROUP, group, settings, AlterConfigOp.OpType.SET);
    }

    /** Changes a setting of a topic. */
    public static void configureTopic(String topic, String setting, String value)
            throws ExecutionException, InterruptedException {
        configure(ConfigResource.Type.TOPIC, topic, Map.of(setting, value), AlterConfigOp.OpType.SET);
    }

    /** Resets a setting of a topic to the broker's default. */
    public static void resetTopic(String topic, String setting) throws ExecutionException, InterruptedException {
        configure(ConfigResource.Type.TOPIC, topic, Map.of(setting, ""), AlterConfigOp.OpType.DELETE);
    }

    private static void configure(
            ConfigResource.Type type, String name, Map<String, String> settings, AlterConfigOp.OpType operation)
            throws ExecutionException, InterruptedException {
        Shared.ADMIN
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(type, name),
                        settings.entrySet().stream()
                                .map(each ->
                                        new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), operation))
                                .toList()))
                .all()
                .get();
    }

    /** Returns the rebalance protocol of a group. */
    public static GroupType groupType(String group) throws ExecutionException, InterruptedException {
        return Shared.ADMIN
                .describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group)
                .get()
                .type();
    }

    /** Returns the members of a group with their assignments; none if the group does not exist. */
    public static Collection<MemberDescription> assignedMembers(String group)
            throws ExecutionException, InterruptedException {
        return members(Shared.ADMIN, group);
    }

    /** Returns the members of a group in another Kafka; none if the group does not exist. */
    public static Collection<MemberDescription> members(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }
}
