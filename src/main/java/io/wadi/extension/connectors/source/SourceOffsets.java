package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.client.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets of one source, and the ownership of the source. The owner is the member of the source's consumer group to
 * which the partition of the offsets topic is assigned. Other members wait, and take over within Kafka's session
 * timeout. For one thread.
 */
final class SourceOffsets implements AutoCloseable {
    /** The prefix of a source's group id. */
    static final String GROUP = "wadi-source-";

    private static final Logger LOG = LoggerFactory.getLogger(SourceOffsets.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READ_WITHIN = Duration.ofMinutes(1);
    private static final char SEPARATOR = '\n';

    private final KafkaClients kafka;
    private final TopicPartition partition;
    private final String source;
    private final Consumer<byte[], byte[]> consumer;
    private boolean owned;
    private boolean ownedElsewhere;

    /** Creates an instance, which joins the group in the first {@link #isOwner}. */
    SourceOffsets(KafkaClients kafka, String topic, String source) {
        this.kafka = kafka;
        this.partition = new TopicPartition(topic, 0);
        this.source = source;
        Properties properties = kafka.observerProperties(GROUP + source);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.consumer = new KafkaConsumer<>(properties);
        consumer.subscribe(List.of(topic), new OwnershipListener());
    }

    /** Returns the key of the record of an offset. */
    static byte[] key(String source, String sourcePartition) {
        return (source + SEPARATOR + sourcePartition).getBytes(UTF_8);
    }

    /**
     * Returns whether this process owns the source. Must be called regularly: otherwise the process loses the
     * ownership.
     *
     * @param wait how long to wait for the ownership
     * @throws KafkaException if the topic does not exist or access is denied
     */
    boolean isOwner(Duration wait) {
        consumer.poll(wait);
        if (!owned && consumer.partitionsFor(partition.topic()).isEmpty()) {
            throw new KafkaException(
                    "topic %s of the source offsets does not exist; declare it in topics.yaml, with cleanup: compact"
                            .formatted(partition.topic()));
        }
        return owned;
    }

    /** Returns whether the last rebalance has assigned the source to another process. */
    boolean isOwnedElsewhere() {
        return ownedElsewhere;
    }

    /**
     * Reads the offsets up to the current end of the topic, and waits for the transactions of other sources that are
     * open before it.
     *
     * @return the offsets by source partition, the one that changed last at the end
     * @throws KafkaException if Kafka does not respond, or the topic is not compacted
     */
    Map<String, String> read() throws InterruptedException {
        String prefix = source + SEPARATOR;
        Map<String, String> found = new LinkedHashMap<>();
        long end;
        try (Admin admin = Admin.create(kafka.adminProperties())) {
            requireCompaction(admin);
            end = end(admin);
        }
        long deadline = System.nanoTime() + READ_WITHIN.toNanos();
        consumer.seekToBeginning(List.of(partition));
        consumer.resume(List.of(partition));
        try {
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                    String key = new String(each.key(), UTF_8);
                    if (key.startsWith(prefix)) {
                        String sourcePartition = key.substring(prefix.length());
                        found.remove(sourcePartition);
                        if (each.value() != null) {
                            found.put(sourcePartition, new String(each.value(), UTF_8));
                        }
                    }
                }
                if (!owned || System.nanoTime() - deadline > 0) {
                    throw new KafkaException("%s was not read to its end at %d".formatted(partition, end));
                }
            }
        } finally {
            if (owned) {
                consumer.pause(List.of(partition));
            }
        }
        return found;
    }

    /**
     * Returns the end offset, including open transactions: the last commit may follow an open transaction of another
     * source.
     */
    private long end(Admin admin) throws InterruptedException {
        try {
            return AdminRequests.offsets(
                            admin, List.of(partition), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)
                    .get(partition);
        } catch (KafkaException e) {
            throw new KafkaException("reading the end offset of %s failed: %s".formatted(partition, e), e);
        }
    }

    /**
     * Rejects a topic of which Kafka deletes records after some time: the source would then read all of its input
     * again. The setting is not checked without permission to read it.
     */
    private void requireCompaction(Admin admin) throws InterruptedException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, partition.topic());
        String policy;
        try {
            policy = AdminRequests.get(
                            admin.describeConfigs(List.of(topic)).values().get(topic))
                    .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                    .value();
        } catch (AuthorizationException e) {
            LOG.debug("The cleanup policy of {} cannot be read", topic, e);
            return;
        }
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new KafkaException(
                    "topic %s of the source offsets has cleanup.policy=%s, with which Kafka deletes offsets, and sources read"
                                    .formatted(partition.topic(), policy)
                            + " all of their input again; declare it in topics.yaml, with cleanup: compact");
        }
    }

    /** Keeps the partition paused, so that the owner does not read it outside of {@link #read}. */
    private final class OwnershipListener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            consumer.pause(assigned);
            owned = owned || assigned.contains(partition);
            ownedElsewhere = !owned;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            owned = owned && !revoked.contains(partition);
            ownedElsewhere = false;
        }
    }

    /** Never throws, also on an interrupted thread, which stays interrupted. */
    @Override
    public void close() {
        Utils.closeQuietly(() -> consumer.close(CloseOptions.timeout(POLL)), "the consumer of source " + source);
    }
}
