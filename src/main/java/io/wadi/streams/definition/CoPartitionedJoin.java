package io.wadi.streams.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A join with a table, which requires that both sides have the same number of partitions.
 *
 * @param topic the topic that partitions the records; null after a repartitioning
 * @param partitions number of partitions after the repartitioning
 * @param line location of the join in the file
 */
public record CoPartitionedJoin(String topic, int partitions, Table table, int line) {

    /** Returns the joins of a flow without repartitioning of the records to fit. */
    public static List<CoPartitionedJoin> of(Flow flow) {
        List<CoPartitionedJoin> joins = new ArrayList<>();
        walk(flow.steps(), new CoPartitionedJoin(flow.from().topic(), 0, null, 0), joins);
        return joins;
    }

    /** Collects joins; {@code from} is the latest one, or null after a repartitioning that fits. */
    private static void walk(List<Step> steps, CoPartitionedJoin from, List<CoPartitionedJoin> joins) {
        CoPartitionedJoin now = from;
        for (Step step : steps) {
            if (step instanceof Step.SelectKey || step instanceof Step.Processor || isDeduplicatedById(step)) {
                now = null;
            } else if (step instanceof Step.Repartition repartition) {
                now = repartition.partitions() == 0
                        ? now
                        : new CoPartitionedJoin(null, repartition.partitions(), null, 0);
            } else if (step instanceof Step.Aggregate aggregate && aggregate.window() != null) {
                now = null;
            } else if (step instanceof Step.Join join && !join.table().isGlobal()) {
                if (now != null) {
                    joins.add(new CoPartitionedJoin(now.topic(), now.partitions(), join.table(), join.line()));
                }
                now = new CoPartitionedJoin(join.table().topic(), 0, null, 0);
            }
            for (Step.Arm arm : step.arms()) {
                walk(arm.steps(), now, joins);
            }
        }
    }

    /** Returns whether a step partitions the records by an id, so that a join repartitions them. */
    private static boolean isDeduplicatedById(Step step) {
        return step instanceof Step.Deduplicate deduplicate && deduplicate.by() != null;
    }

    /** Returns the mistake if both partition counts are known and differ. */
    public Optional<String> mistake(Function<String, Optional<Integer>> counts) {
        Optional<Integer> left = topic == null ? Optional.of(partitions) : counts.apply(topic);
        Optional<Integer> right = counts.apply(table.topic());
        if (left.isEmpty() || right.isEmpty() || left.equals(right)) {
            return Optional.empty();
        }
        return Optional.of(
                ("join: %s %d partitions, %s (table %s) has %d: records of a key would not meet; add - repartition: {partitions: %d}"
                                + " before the join, or make it a global table (global: true), replicated to each instance")
                        .formatted(
                                topic == null ? "the records have" : topic + " has",
                                left.get(),
                                table.topic(),
                                table.name(),
                                right.get(),
                                right.get()));
    }
}
