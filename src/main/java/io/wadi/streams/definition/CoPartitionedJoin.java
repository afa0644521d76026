package io.wadi.streams.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A join with a table, which requires that both sides have the same number of partitions.
 *
 * @param topic the topic with the same number of partitions as the records; null after a repartitioning with a declared
 *     number
 * @param partitions the number of partitions after such a repartitioning
 * @param line the line of the join in the file
 */
public record CoPartitionedJoin(String topic, int partitions, Table table, int line) {

    /** Returns the joins of a flow for which the records are not repartitioned to match the table. */
    public static List<CoPartitionedJoin> of(Flow flow) {
        List<CoPartitionedJoin> joins = new ArrayList<>();
        walk(flow.steps(), new CoPartitionedJoin(flow.from().topic(), 0, null, 0), Placement.BY_KEY, joins);
        return joins;
    }

    /**
     * Collects joins.
     *
     * @param from has the number of partitions that the records have, or will have after the next repartitioning
     * @param placed the placement of the records
     */
    private static void walk(
            List<Step> steps, CoPartitionedJoin from, Placement placed, List<CoPartitionedJoin> joins) {
        CoPartitionedJoin now = from;
        Placement placement = placed;
        for (Step step : steps) {
            if (step instanceof Step.Repartition repartition && repartition.partitions() > 0) {
                now = new CoPartitionedJoin(null, repartition.partitions(), null, 0);
            } else if (step instanceof Step.Join join && !join.table().isGlobal()) {
                if (!placement.isMoved()) {
                    joins.add(new CoPartitionedJoin(now.topic(), now.partitions(), join.table(), join.line()));
                }
                now = new CoPartitionedJoin(join.table().topic(), 0, null, 0);
            }
            placement = placement.after(step);
            for (Step.Arm arm : step.arms()) {
                walk(arm.steps(), now, placement, joins);
            }
        }
    }

    /** Describes the mistake if both partition counts are known and differ; empty otherwise. */
    public Optional<String> mistake(Function<String, Optional<Integer>> counts) {
        Optional<Integer> left = topic == null ? Optional.of(partitions) : counts.apply(topic);
        Optional<Integer> right = counts.apply(table.topic());
        if (left.isEmpty() || right.isEmpty() || left.equals(right)) {
            return Optional.empty();
        }
        return Optional.of(
                ("join: %s %d partitions, %s (table %s) has %d: records with the same key would be in different"
                                + " partitions; add - repartition: {partitions: %d} before the join, or make it a"
                                + " global table (global: true), replicated to each instance")
                        .formatted(
                                topic == null ? "the records have" : topic + " has",
                                left.get(),
                                table.topic(),
                                table.name(),
                                right.get(),
                                right.get()));
    }
}
