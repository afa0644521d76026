package io.wadi.streams.topology;

import io.wadi.streams.definition.Aggregations;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.TaggedValue;
import io.wadi.streams.expression.ValueType;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.kstream.Windowed;

/** The form in which records arrive at a stage. */
sealed interface StageInput {
    /**
     * Sets the record to be evaluated.
     *
     * @return false for a retracted result
     * @throws IllegalArgumentException if the record cannot be deserialized
     */
    boolean begin(EvaluatedRecord event, Object key, Object value, Headers headers, long timestamp);

    /** Returns whether keys and values are bytes of a topic. */
    default boolean isSerialized() {
        return false;
    }

    /**
     * Records of a topic, with declared types.
     *
     * @param isTree whether to parse JSON into a tree
     */
    record Topic(ValueType key, ValueType value, boolean isTree) implements StageInput {
        @Override
        public boolean isSerialized() {
            return true;
        }

        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            byte[] bytes = (byte[]) recordValue;
            event.begin((byte[]) recordKey, key, headers, timestamp);
            if (key == ValueType.LONG || key == ValueType.DOUBLE || key == ValueType.JSON) {
                check("the key", () -> key.read((byte[]) recordKey));
            }
            event.value(
                    check("the value", () -> isTree ? value.readTree(bytes) : value.read(bytes)),
                    bytes == null ? null : new EvaluatedRecord.Original(value, bytes));
            return true;
        }

        private static Object check(String what, Supplier<Object> read) {
            try {
                return read.get();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(what + " " + e.getMessage(), e);
            }
        }
    }

    /**
     * Records of an internal topic that another stage writes.
     *
     * @param unchanged the type of values that no step has changed; null if one has
     */
    record Repartitioned(ValueType key, ValueType unchanged) implements StageInput {
        @Override
        public boolean isSerialized() {
            return true;
        }

        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            event.begin((byte[]) recordKey, key, headers, timestamp);
            TaggedValue.read((byte[]) recordValue, unchanged, event);
            return true;
        }
    }

    /** Results of an aggregation, windowed or not. */
    record Results(ValueType key, Aggregations aggregations) implements StageInput {
        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            if (recordValue == null) {
                return false;
            }
            beginWindow(event, recordKey, key, headers, timestamp);
            event.value(aggregations.result((Number[]) recordValue), null);
            return true;
        }
    }

    /** Records that a processor named in the file forwards. */
    record Processed(ValueType key) implements StageInput {
        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            event.begin(null, key, headers, timestamp);
            event.value(recordValue, null);
            try {
                event.key(key.write(recordKey), key);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("process: the key " + e.getMessage(), e);
            }
            return true;
        }
    }

    /**
     * Values of a periodic emission.
     *
     * @param unchanged the type of values that no step has changed; null if one has
     */
    record Emitted(ValueType key, ValueType unchanged) implements StageInput {
        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            beginWindow(event, recordKey, key, headers, timestamp);
            PeriodicEmission.Value emitted = (PeriodicEmission.Value) recordValue;
            TaggedValue.read(emitted.tagged(), unchanged, event);
            emitted.requireEmission();
            return true;
        }
    }

    /**
     * Records of a deduplication.
     *
     * @param unchanged the type of values that no step has changed; null if one has
     */
    record Deduplicated(ValueType key, ValueType unchanged) implements StageInput {
        @Override
        public boolean begin(
                EvaluatedRecord event, Object recordKey, Object recordValue, Headers headers, long timestamp) {
            Deduplication.First first = (Deduplication.First) recordValue;
            event.begin(first.key(), key, headers, timestamp);
            TaggedValue.read(first.tagged(), unchanged, event);
            first.requireAcceptance();
            return true;
        }
    }

    private static void beginWindow(
            EvaluatedRecord event, Object recordKey, ValueType type, Headers headers, long timestamp) {
        if (recordKey instanceof Windowed<?> windowed) {
            event.begin((byte[]) windowed.key(), type, headers, timestamp);
            event.window(windowed.window().start(), windowed.window().end());
        } else {
            event.begin((byte[]) recordKey, type, headers, timestamp);
        }
    }
}
