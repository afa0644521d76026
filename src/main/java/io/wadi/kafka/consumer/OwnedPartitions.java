package io.wadi.kafka.consumer;

import io.wadi.kafka.BegunRecords;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a consumer owns and how far each has come; tells health, metrics and the report of a stop what is taken,
 * committed and left. Used on the consumer's thread only.
 */
final class OwnedPartitions {
    private final Map<TopicPartition, PartitionProgress> owned = new HashMap<>();
    private final PartitionStates.OfGroup states;
    private final PartitionMeters meters;
    private final BegunRecords.OfConsumer ours;

    OwnedPartitions(PartitionStates.OfGroup states, PartitionMeters meters) {
        this.states = states;
        this.meters = meters;
        this.ours = states.consumer();
    }

    /** How far a partition has come, which is taken where it was not owned. */
    PartitionProgress progress(TopicPartition partition) {
        return owned.computeIfAbsent(partition, taken -> {
            states.taken(taken);
            meters.taken(taken);
            return new PartitionProgress(taken);
        });
    }

    /** How far the partition of a record has come. */
    PartitionProgress of(ConsumerRecord<?, ?> handedOver) {
        return progress(new TopicPartition(handedOver.topic(), handedOver.partition()));
    }

    /** The same, or null where it is not owned. */
    PartitionProgress find(TopicPartition partition) {
        return owned.get(partition);
    }

    Collection<PartitionProgress> all() {
        return owned.values();
    }

    boolean anyHasFailed() {
        for (PartitionProgress progress : owned.values()) {
            if (progress.failure() != null) {
                return true;
            }
        }
        return false;
    }

    boolean anySinkIsWaiting() {
        for (PartitionProgress progress : owned.values()) {
            if (progress.sink() != null && progress.sink().isWaiting()) {
                return true;
            }
        }
        return false;
    }

    /** So many records of all are handed over and not done now. */
    void begun(long records) {
        ours.begun(records);
    }

    /** What of these is to be committed now. */
    static Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<PartitionProgress> which) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (PartitionProgress progress : which) {
            long offset = progress.toCommit();
            if (offset != PartitionProgress.NONE) {
                offsets.put(progress.partition(), new OffsetAndMetadata(offset));
            }
        }
        return offsets;
    }

    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            progress(partition).committed(offset.offset());
            meters.committed(partition, offset.offset());
        });
    }

    /** Lets go of a partition that was brought to its end, as far as that went. */
    void release(PartitionProgress progress) {
        ours.left(progress.left());
        if (progress.failure() != null) {
            progress.abandonSink();
        }
        forget(progress.partition());
    }

    /** Lets go of a partition as it is. */
    void drop(TopicPartition partition) {
        PartitionProgress progress = forget(partition);
        if (progress != null) {
            ours.left(progress.left());
            progress.abandonSink();
        }
    }

    private PartitionProgress forget(TopicPartition partition) {
        states.released(partition);
        meters.released(partition);
        return owned.remove(partition);
    }

    /** The consumer has ended. */
    void close() {
        List.copyOf(owned.keySet()).forEach(this::drop);
        ours.ended();
    }
}
