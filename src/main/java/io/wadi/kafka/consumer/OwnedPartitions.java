package io.wadi.kafka.consumer;

import io.wadi.kafka.InFlightRecords;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that a consumer owns. It commits their offsets, and reports assignments, commits and unfinished
 * records to health, metrics and the shutdown report. Used on the consumer's thread only.
 */
final class OwnedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedPartitions.class);

    private final Map<TopicPartition, OwnedPartition> owned = new HashMap<>();
    private final PartitionClient client;
    private final PartitionStates.GroupStates states;
    private final PartitionMeters meters;
    private final InFlightRecords.ConsumerCount inFlight;

    /** Null if completed records are committed without a request. */
    private final CommitRequests requests;

    /**
     * Creates an empty set of partitions.
     *
     * @param requests the commits that the route requests; null to commit completed records without a request
     */
    OwnedPartitions(
            PartitionClient client,
            PartitionStates.GroupStates states,
            PartitionMeters meters,
            CommitRequests requests) {
        this.client = client;
        this.states = states;
        this.meters = meters;
        this.inFlight = states.consumer();
        this.requests = requests;
    }

    /** Returns a partition, adding it if it is not owned yet. */
    OwnedPartition of(TopicPartition partition) {
        return owned.computeIfAbsent(partition, added -> {
            states.assigned(added);
            meters.assigned(added);
            return new OwnedPartition(added, requests != null);
        });
    }

    OwnedPartition of(ConsumerRecord<?, ?> delivered) {
        return of(new TopicPartition(delivered.topic(), delivered.partition()));
    }

    /** Returns a partition, or null if it is not owned. */
    OwnedPartition find(TopicPartition partition) {
        return owned.get(partition);
    }

    /** Returns the partition of a record, or null if it is not owned. */
    OwnedPartition find(ConsumerRecord<?, ?> delivered) {
        return find(new TopicPartition(delivered.topic(), delivered.partition()));
    }

    /** Returns those of these partitions that are owned. */
    List<OwnedPartition> find(Collection<TopicPartition> partitions) {
        return partitions.stream().map(owned::get).filter(Objects::nonNull).toList();
    }

    Collection<OwnedPartition> all() {
        return owned.values();
    }

    boolean anyHasFailed() {
        return owned.values().stream().anyMatch(OwnedPartition::hasFailed);
    }

    /** Returns the maximum time of the next poll: the shortest of all sinks. */
    Duration maxPollTime() {
        return owned.values().stream()
                .filter(each -> each.sink() != null)
                .map(each -> each.sink().maxPollTime())
                .reduce(PartitionSink.MAX_POLL_TIME, (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    void reportInFlight(long records) {
        inFlight.setInFlight(records);
    }

    static Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<OwnedPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (OwnedPartition each : which) {
            long offset = each.toCommit();
            if (offset != OwnedPartition.NONE) {
                offsets.put(each.partition(), new OffsetAndMetadata(offset));
            }
        }
        return offsets;
    }

    /** Commits the committable offsets of these partitions; after a failure, a later call commits them. */
    void commit(Collection<OwnedPartition> which) {
        takeRequests();
        Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(which);
        if (!offsets.isEmpty() && client.reallyCommit(offsets)) {
            committed(offsets);
        }
    }

    /** Returns whether the route requests a commit before the next record. */
    boolean isCommitDue() {
        return requests != null && requests.isBeforeNext();
    }

    private void takeRequests() {
        if (requests == null) {
            return;
        }
        requests.take().forEach((partition, offset) -> {
            OwnedPartition requested = owned.get(partition);
            if (requested == null) {
                LOG.warn(
                        "Partition {}: offset {} was not committed: the partition was revoked before; its next owner"
                                + " processes the records again",
                        partition,
                        offset);
            } else {
                requested.commitRequested(offset);
            }
        });
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            of(partition).committed(offset.offset());
            meters.committed(partition, offset.offset());
        });
    }

    /** Releases a partition after its sink has finished or failed. */
    void release(OwnedPartition finished) {
        release(finished, !finished.hasFailed());
    }

    /** Releases a partition without finishing its sink. */
    void drop(TopicPartition partition) {
        OwnedPartition lost = owned.get(partition);
        if (lost != null) {
            release(lost, false);
        }
    }

    private void release(OwnedPartition partition, boolean finished) {
        inFlight.addUnfinished(partition.unfinished());
        owned.remove(partition.partition());
        states.released(partition.partition());
        meters.released(partition.partition());
        partition.release(finished);
    }

    void close() {
        List.copyOf(owned.keySet()).forEach(this::drop);
        inFlight.close();
    }
}
