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
        walk(flow.steps(), new CoPartitionedJoin(flow.from().topic(), 0, null, 0), false, false, joins);
        return joins;
    }

    /**
     * Collects joins.
     *
     * @param from has the number of partitions that the records have, or will have after the next repartitioning
     * @param wasMoved whether a join repartitions the records to match its table
     * @param wasWindowed whether the records are results by window, which {@code every} does not repartition
     */
    private static void walk(
            List<Step> steps,
            CoPartitionedJoin from,
            boolean wasMoved,
            boolean wasWindowed,
            List<CoPartitionedJoin> joins) {
        CoPartitionedJoin now = from;
        boolean isMoved = wasMoved;
        boolean isWindowed = wasWindowed;
        for (Step step : steps) {
            if (step instanceof Step.SelectKey || step instanceof Step.Processor) {
                isMoved = true;
                isWindowed = false;
            } else if (step instanceof Step.Deduplicate deduplicate) {
                isMoved = deduplicate.by() != null;
            } else if (step instanceof Step.Repartition repartition) {
                now = repartition.partitions() == 0
                        ? now
                        : new CoPartitionedJoin(null, repartition.partitions(), null, 0);
                isMoved = false;
                isWindowed = false;
            } else if (step instanceof Step.Aggregate aggregate) {
                isMoved = aggregate.window() != null;
                isWindowed = isMoved;
            } else if (step instanceof Step.Every) {
                isMoved = isMoved && isWindowed;
            } else if (step instanceof Step.Join join && !join.table().isGlobal()) {
                if (!isMoved) {
                    joins.add(new CoPartitionedJoin(now.topic(), now.partitions(), join.table(), join.line()));
                }
                now = new CoPartitionedJoin(join.table().topic(), 0, null, 0);
                isMoved = false;
                isWindowed = false;
            }
            for (Step.Arm arm : step.arms()) {
                walk(arm.steps(), now, isMoved, isWindowed, joins);
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
