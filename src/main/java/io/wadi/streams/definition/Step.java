package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What is done to each record of a flow. */
public sealed interface Step {
    /** What it asks, in this order. */
    default List<FlowExpression> formulas() {
        return List.of();
    }

    /** Only those go on for which it holds. */
    record Filter(FlowExpression when) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return List.of(when);
        }
    }

    /** The value becomes what it comes to. */
    record MapValue(FlowExpression to) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return List.of(to);
        }
    }

    /** The key becomes what it comes to, in bytes of this type. */
    record SelectKey(FlowExpression to, ValueType type) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return List.of(to);
        }
    }

    /**
     * What a table has under the key is known from here on by the table's name.
     *
     * @param on what it is looked up by; null: the key
     * @param isOuter whether records go on for which it has nothing
     * @param line where it stands
     */
    record Join(Table table, FlowExpression on, boolean isOuter, int line) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return Stream.ofNullable(on).toList();
        }
    }

    /** Goes through a topic of Kafka Streams' own, so that the records of a key are in one partition, of so many; 0: as Kafka Streams sees fit. */
    record Repartition(int partitions) implements Step {}

    /** The value becomes what the key's records come to, in all or by windows; null for no window. */
    record Aggregate(WindowDefinition window, Aggregations totals) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return totals.each().stream()
                    .map(Aggregation::of)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /** Each record takes the first arm whose condition holds; none, and it ends here. */
    record Branch(List<Arm> arms) implements Step {
        @Override
        public List<FlowExpression> formulas() {
            return arms.stream().map(Arm::when).filter(Objects::nonNull).toList();
        }
    }

    /** An arm of a branch; its condition is null where it takes all that are left. */
    record Arm(FlowExpression when, List<Step> steps, Sink to) {}
}
