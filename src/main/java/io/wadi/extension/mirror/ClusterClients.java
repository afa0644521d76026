package io.wadi.extension.mirror;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The clients of one cluster of a mirror. All methods throw {@link KafkaException}, which names the cluster and its
 * address, if it does not respond within ten seconds, or if reading makes no progress for thirty seconds. For one
 * thread.
 */
final class ClusterClients implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String where;
    private final Map<String, Object> settings;
    private Admin admin;
    private TopicReader reader;

    ClusterClients(MirrorFile file, String alias) {
        where = alias + " at " + file.servers(alias);
        settings = new HashMap<>(file.client(alias));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis()));
    }

    /** Returns the alias and address, for messages. */
    String where() {
        return where;
    }

    Map<String, Object> settings() {
        return settings;
    }

    Admin admin() {
        if (admin == null) {
            try {
                admin = Admin.create(settings);
            } catch (KafkaException e) {
                throw failed(e);
            }
        }
        return admin;
    }

    String id() throws InterruptedException {
        return request(admin -> get(admin.describeCluster().clusterId()));
    }

    /** Returns the names of all topics except internal ones. */
    Set<String> topics() throws InterruptedException {
        return request(admin -> new TreeSet<>(get(admin.listTopics().names())));
    }

    /** Returns the partitions of existing topics. */
    Set<TopicPartition> partitions(Collection<String> topics) throws InterruptedException {
        return request(admin -> AdminRequests.existingPartitions(admin, topics));
    }

    /** Returns offsets for read-committed consumers. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        return request(admin -> AdminRequests.offsets(admin, partitions, spec, IsolationLevel.READ_COMMITTED));
    }

    /** Returns offsets for read-committed consumers. The failure of one partition does not affect others. */
    AdminRequests.Offsets tryOffsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        return request(admin -> AdminRequests.tryOffsets(admin, partitions, spec, IsolationLevel.READ_COMMITTED));
    }

    /** Returns end offsets that include records of open transactions. */
    Map<TopicPartition, Long> logEnds(Collection<TopicPartition> partitions) throws InterruptedException {
        return request(admin ->
                AdminRequests.offsets(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED));
    }

    /**
     * Returns the offsets at which transactions begin that are open although their last record is older than a time,
     * such as transactions that hang: the first of each partition. Partitions that this client may not describe are
     * left out.
     *
     * @param lastStable the last stable offsets of the partitions
     */
    Map<TopicPartition, Long> oldTransactions(Map<TopicPartition, Long> lastStable, long beforeMs)
            throws InterruptedException {
        return request(admin -> {
            Map<TopicPartition, Long> ends = AdminRequests.tryOffsets(
                            admin, lastStable.keySet(), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)
                    .known();
            List<TopicPartition> open = ends.keySet().stream()
                    .filter(each -> ends.get(each) > lastStable.get(each))
                    .toList();
            Map<TopicPartition, Long> old = new HashMap<>();
            DescribeProducersResult described = admin.describeProducers(open);
            for (TopicPartition each : open) {
                AdminRequests.getIfPermitted(described.partitionResult(each)).stream()
                        .flatMap(state -> state.activeProducers().stream())
                        .filter(producer -> producer.lastTimestamp() < beforeMs)
                        .flatMapToLong(producer -> producer.currentTransactionStartOffset().stream())
                        .min()
                        .ifPresent(offset -> old.put(each, offset));
            }
            return old;
        });
    }

    /**
     * Reads partitions from given offsets to their current ends.
     *
     * @return these ends, from which the next call continues
     */
    Map<TopicPartition, Long> read(Map<TopicPartition, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> action)
            throws InterruptedException {
        return request(admin -> {
            TopicReader topics = reader();
            Map<TopicPartition, Long> ends = topics.ends(from.keySet());
            topics.records(from, ends).forEachRemaining(each -> pass(each, action));
            return ends; // the reader's positions may be after records that have arrived meanwhile
        });
    }

    /** The cause of an error is suppressed, since messages show the innermost cause, which does not name the record. */
    private static void pass(ConsumerRecord<byte[], byte[]> each, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        try {
            action.accept(each);
        } catch (RuntimeException e) {
            KafkaException invalid = new KafkaException(
                    "record %s is invalid: %s".formatted(ConsumedRecord.at(each), Causes.inShort(e)));
            invalid.addSuppressed(e);
            throw invalid;
        }
    }

    /** Reads all records of a topic up to its current end; none if it does not exist. */
    void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) throws InterruptedException {
        if (topics().contains(topic)) {
            read(partitions(Set.of(topic)).stream().collect(Collectors.toMap(each -> each, each -> 0L)), action);
        }
    }

    /**
     * Returns the first record at or after each offset, or null if no record follows before the end. Partitions that
     * time out are missing.
     */
    Map<TopicPartition, ConsumerRecord<byte[], byte[]>> firsts(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) throws InterruptedException {
        return request(admin -> reader().firsts(from, ends, TIMEOUT));
    }

    private TopicReader reader() {
        if (reader == null) {
            Map<String, Object> own = new HashMap<>(settings);
            own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            reader = new TopicReader(own, TopicReader.Fetch.SMALL_RECORDS);
        }
        return reader;
    }

    <T> T request(ThrowingFunction<Admin, T, InterruptedException> request) throws InterruptedException {
        Admin client = admin();
        try {
            return request.apply(client);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** The cause is suppressed, since messages show the innermost cause, which does not name the cluster. */
    KafkaException failed(Exception e) {
        KafkaException failed =
                new KafkaException("Request to " + where + " failed: " + Causes.inShort(Causes.innermost(e)));
        failed.addSuppressed(e);
        return failed;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
