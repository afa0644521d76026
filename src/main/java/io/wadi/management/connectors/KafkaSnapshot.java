package io.wadi.management.connectors;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionOrder;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Queries Kafka for the cluster id, groups and committed offsets, with a client that is created on demand. Thread-safe.
 */
final class KafkaSnapshot implements AutoCloseable {
    private final AdminOnDemand admin;
    private volatile String clusterId;

    KafkaSnapshot(Supplier<Properties> settings) {
        this.admin = new AdminOnDemand(settings);
    }

    /** Returns the cluster's id, which is cached. Requests for it do not wait for each other. */
    String clusterId() throws ConnectException {
        if (clusterId == null) {
            clusterId =
                    query(() -> AdminRequests.get(admin.get().describeCluster().clusterId()));
        }
        return clusterId;
    }

    /** Returns the committed offsets of a group, sorted by topic and partition. */
    SortedMap<TopicPartition, Long> offsets(String group) throws ConnectException {
        SortedMap<TopicPartition, Long> offsets = new TreeMap<>(PartitionOrder.BY_NAME);
        offsets.putAll(query(() -> AdminRequests.committed(admin.get(), group)));
        return offsets;
    }

    /** Returns a group with its type and state; empty if it does not exist. */
    Optional<GroupListing> group(String group) throws ConnectException {
        return query(() -> AdminRequests.get(admin.get().listGroups().all())).stream()
                .filter(each -> each.groupId().equals(group))
                .findFirst();
    }

    private static <T> T query(ThrowingSupplier<T, InterruptedException> query) throws ConnectException {
        try {
            return query.get();
        } catch (KafkaException e) {
            throw ConnectException.failed("Kafka did not respond: " + Causes.inShort(Causes.innermost(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConnectException.failed("interrupted while waiting for Kafka", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
