package io.wadi.management.lag;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * The lag of a group.
 *
 * @param type the rebalance protocol: {@code Classic}, {@code Consumer} (KIP-848), {@code Share} (KIP-932)
 *     or {@code Streams} (KIP-1071)
 * @param state Kafka's state, such as {@code Stable} or {@code Empty}
 * @param members the number of members; -1 if unknown
 * @param partitions the partitions with committed offsets, sorted by name
 * @param uncommitted the number of partitions with records but without a committed offset; their lag is unknown
 * @param isKnown false if the committed offsets could not be read; then there are no partitions
 * @param problem what is unknown, and why; empty without a problem
 */
public record GroupLag(
        String group,
        String type,
        String state,
        int members,
        List<PartitionLag> partitions,
        int uncommitted,
        boolean isKnown,
        String problem) {
    /** Returns this lag with changed lags of partitions. */
    GroupLag with(UnaryOperator<PartitionLag> change) {
        List<PartitionLag> changed = partitions.stream().map(change).toList();
        return new GroupLag(group, type, state, members, changed, uncommitted, isKnown, problem);
    }

    /** Returns the worst status of a partition; OK without partitions. */
    public LagStatus worst() {
        return LagStatus.worst(partitions.stream().map(PartitionLag::status));
    }

    /** Returns whether the lag of each partition with a committed offset is known. */
    boolean isLagKnown() {
        return isKnown && partitions.stream().allMatch(PartitionLag::isLagKnown);
    }

    /** Returns the lag of the partitions with a known lag; empty if there are only others. */
    OptionalLong knownLag() {
        boolean isAnyKnown = partitions.isEmpty() || partitions.stream().anyMatch(PartitionLag::isLagKnown);
        return isKnown && isAnyKnown ? OptionalLong.of(totalLag()) : OptionalLong.empty();
    }

    public long totalLag() {
        return partitions.stream().mapToLong(PartitionLag::lag).sum();
    }

    public Optional<PartitionLag> maxLag() {
        return partitions.stream().max(Comparator.comparingLong(PartitionLag::lag));
    }

    /** Returns the share of partitions with a full window of commits, from 0 to 1. */
    public double complete() {
        return partitions.isEmpty()
                ? 0
                : (double) partitions.stream()
                                .filter(each -> each.complete() >= 1)
                                .count()
                        / partitions.size();
    }
}
