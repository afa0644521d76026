package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A step of a flow, applied to each record. */
public sealed interface Step {
    /** Returns its expressions in order of evaluation. */
    default List<FlowExpression> expressions() {
        return List.of();
    }

    /** Passes on records that meet a condition. */
    record Filter(FlowExpression when) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return List.of(when);
        }
    }

    /** Replaces the value by an expression's result. */
    record MapValue(FlowExpression to) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return List.of(to);
        }
    }

    /** Replaces the key by an expression's result of this type. */
    record SelectKey(FlowExpression to, ValueType type) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return List.of(to);
        }
    }

    /**
     * Joins a table: its value for the key becomes a variable with the table's name.
     *
     * @param on the key to look up; null for the record's key
     * @param isOuter whether records without a match continue
     * @param line location in the file
     */
    record Join(Table table, FlowExpression on, boolean isOuter, int line) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return Stream.ofNullable(on).toList();
        }
    }

    /** Repartitions records by key through an internal topic, with as many partitions; 0 for Kafka Streams' choice. */
    record Repartition(int partitions) implements Step {}

    /** Replaces the value by an aggregation over the key's records, by window unless that is null. */
    record Aggregate(WindowDefinition window, Aggregations aggregations) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return aggregations.each().stream()
                    .map(Aggregation::of)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /** Routes each record to the first arm with a condition that it meets; drops it if there is none. */
    record Branch(List<Arm> arms) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return arms.stream().map(Arm::when).filter(Objects::nonNull).toList();
        }
    }

    /** An arm of a branch; a null condition takes all remaining records. */
    record Arm(FlowExpression when, List<Step> steps, Sink to) {}
}
