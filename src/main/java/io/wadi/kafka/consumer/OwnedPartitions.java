package io.wadi.kafka.consumer;

import io.wadi.kafka.InFlightRecords;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a consumer owns. Commits their offsets, and reports to health, metrics and the report of a stop what is
 * taken, committed and left. Used on the consumer's thread only.
 */
final class OwnedPartitions {
    private final Map<TopicPartition, OwnedPartition> owned = new HashMap<>();
    private final PartitionClient client;
    private final PartitionStates.OfGroup states;
    private final PartitionMeters meters;
    private final InFlightRecords.OfConsumer ours;

    OwnedPartitions(PartitionClient client, PartitionStates.OfGroup states, PartitionMeters meters) {
        this.client = client;
        this.states = states;
        this.meters = meters;
        this.ours = states.consumer();
    }

    /** Returns a partition, which is taken where it was not owned. */
    OwnedPartition of(TopicPartition partition) {
        return owned.computeIfAbsent(partition, taken -> {
            states.taken(taken);
            meters.taken(taken);
            return new OwnedPartition(taken);
        });
    }

    /** Returns the partition of a record. */
    OwnedPartition of(ConsumerRecord<?, ?> delivered) {
        return of(new TopicPartition(delivered.topic(), delivered.partition()));
    }

    /** Returns a partition, or null where it is not owned. */
    OwnedPartition find(TopicPartition partition) {
        return owned.get(partition);
    }

    /** Returns those of these that are owned. */
    List<OwnedPartition> find(Collection<TopicPartition> partitions) {
        List<OwnedPartition> found = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            OwnedPartition each = owned.get(partition);
            if (each != null) {
                found.add(each);
            }
        }
        return found;
    }

    Collection<OwnedPartition> all() {
        return owned.values();
    }

    boolean anyHasFailed() {
        for (OwnedPartition each : owned.values()) {
            if (each.hasFailed()) {
                return true;
            }
        }
        return false;
    }

    boolean anySinkIsWaiting() {
        for (OwnedPartition each : owned.values()) {
            if (each.sink() != null && each.sink().isWaiting()) {
                return true;
            }
        }
        return false;
    }

    /** Reports how many records of all partitions are delivered and not done now. */
    void begun(long records) {
        ours.begun(records);
    }

    /** Returns what of these is to be committed now. */
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

    /** Commits what of these is to be committed now; what cannot be committed is left to a later call. */
    void commit(Collection<OwnedPartition> which) {
        Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(which);
        if (!offsets.isEmpty() && client.reallyCommit(offsets)) {
            committed(offsets);
        }
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            of(partition).committed(offset.offset());
            meters.committed(partition, offset.offset());
        });
    }

    /** Lets go of a partition whose sink has finished, as far as that went. */
    void release(OwnedPartition finished) {
        release(finished, !finished.hasFailed());
    }

    /** Lets go of a partition as it is. */
    void drop(TopicPartition partition) {
        OwnedPartition lost = owned.get(partition);
        if (lost != null) {
            release(lost, false);
        }
    }

    private void release(OwnedPartition partition, boolean finished) {
        ours.left(partition.left());
        owned.remove(partition.partition());
        states.released(partition.partition());
        meters.released(partition.partition());
        partition.release(finished);
    }

    /** The consumer has ended. */
    void close() {
        List.copyOf(owned.keySet()).forEach(this::drop);
        ours.ended();
    }
}
