package io.wadi.management.lag;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How far a group is behind.
 *
 * @param state as Kafka names it, such as {@code Stable} or {@code Empty}
 * @param members how many it has; -1 where that is not known
 * @param partitions those it has committed for, by name
 * @param problem what could not be found out about it, in words; empty where all was
 */
public record GroupLag(String group, String state, int members, List<PartitionLag> partitions, String problem) {
    GroupLag with(List<PartitionLag> others) {
        return new GroupLag(group, state, members, others, problem);
    }

    /** The verdict of its worst partition; OK where it has none. */
    public LagStatus worst() {
        return partitions.stream()
                .map(PartitionLag::verdict)
                .max(Comparator.naturalOrder())
                .orElse(LagStatus.OK);
    }

    /** Records that it is behind, in all partitions together. */
    public long totalLag() {
        return partitions.stream().mapToLong(PartitionLag::lag).sum();
    }

    /** The partition with the largest lag. */
    public Optional<PartitionLag> maxLag() {
        return partitions.stream().max(Comparator.comparingLong(PartitionLag::lag));
    }

    /** How many of its partitions have a full window of commits, from 0 to 1. */
    public double complete() {
        return partitions.isEmpty()
                ? 0
                : (double) partitions.stream()
                                .filter(each -> each.complete() >= 1)
                                .count()
                        / partitions.size();
    }
}
