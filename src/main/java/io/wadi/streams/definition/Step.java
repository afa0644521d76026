package io.wadi.streams.definition;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** A step of a flow, applied to each record. */
public sealed interface Step {
    /** Returns the step's expressions in the order of their evaluation. */
    default List<FlowExpression> expressions() {
        return List.of();
    }

    /** Returns the arms in which the flow continues; none if it continues with the next step. */
    default List<Arm> arms() {
        return List.of();
    }

    /** Returns whether the step may pass on no record for a valid one. */
    default boolean canDrop() {
        return false;
    }

    /** Returns the line in the file; 0 for a step that neither keeps state nor repartitions records. */
    default int line() {
        return 0;
    }

    /** Passes on records that meet a condition. */
    record Filter(FlowExpression when) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return List.of(when);
        }

        @Override
        public boolean canDrop() {
            return true;
        }
    }

    /** Replaces the value with the result of an expression. */
    record MapValue(FlowExpression to) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return List.of(to);
        }
    }

    /** Replaces the key with the result of an expression, which has this type. */
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
     */
    record Join(Table table, FlowExpression on, boolean isOuter, int line) implements Step {
        @Override
        public List<FlowExpression> expressions() {
            return Stream.ofNullable(on).toList();
        }

        @Override
        public boolean canDrop() {
            return !isOuter;
        }
    }

    /**
     * Repartitions records by key through an internal topic.
     *
     * @param partitions the number of partitions of the topic; 0 to let Kafka Streams choose it
     */
    record Repartition(int partitions, int line) implements Step {}

    /** Replaces the value with aggregations over the records of a key, by window unless {@code window} is null. */
    record Aggregate(WindowDefinition window, Aggregations aggregations, int line) implements Step {
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

        @Override
        public boolean canDrop() {
            return true;
        }
    }

    /**
     * Passes records to a processor of Kafka Streams' Processor API, and continues with the records that it forwards.
     *
     * @param type the name of the supplier's class
     * @param stores its state stores
     * @param key the type of the forwarded keys
     * @param arms its named child nodes; none for a single one
     */
    record Processor(
            String type,
            ProcessorSupplier<Object, Object, Object, Object> supplier,
            Set<StoreBuilder<?>> stores,
            ValueType key,
            List<Arm> arms,
            int line)
            implements Step {
        @Override
        public boolean canDrop() {
            return true;
        }
    }

    /**
     * Keeps the latest value of each key and window, and passes it on at each interval.
     *
     * @param time the clock of the interval
     * @param isAll whether each value is passed on at every interval, or only once after it has changed
     * @param maxKeys the maximum number of values kept in a partition
     */
    record Every(Duration interval, PunctuationType time, boolean isAll, int maxKeys, int line) implements Step {
        /** Returns a description that identifies compatible state. */
        public String description() {
            return isAll ? "all latest values" : "latest values until they are emitted";
        }

        @Override
        public boolean canDrop() {
            return true;
        }
    }

    /**
     * Passes on the first record of each id within a window of stream time, and drops its duplicates.
     *
     * @param by the location of the id in a JSON value; null if the record's key is the id
     * @param within the window from the first record's time
     * @param maxIds the maximum number of ids stored in a partition
     */
    record Deduplicate(JsonPointer by, Duration within, int maxIds, int line) implements Step {
        /** Returns a description that identifies compatible state. */
        public String description() {
            return "ids at %s".formatted(by == null ? "the key" : by);
        }

        @Override
        public boolean canDrop() {
            return true;
        }
    }

    /**
     * An arm of a branch or process step.
     *
     * @param name the child node of a processor; null in a branch
     * @param when its condition; null for all remaining records
     */
    record Arm(String name, FlowExpression when, List<Step> steps, Sink to) {}
}
