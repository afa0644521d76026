package io.wadi.streams.topology;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.RejectedRecord;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.RejectedRecordException;
import io.wadi.streams.expression.ValueType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * A stage of a flow between two repartitionings or state stores: one node of the topology. It deserializes the record,
 * runs the steps and serializes the result; a record that fails becomes a dead letter in the same transaction.
 */
final class Stage {
    private static final String DEAD_LETTERS = "dead-letters";

    private final String name;
    private final String route;
    private final StageInput input;
    private final CamelContext camel;
    private final DeadLetterSender deadLetters;
    private final Set<String> variables = new LinkedHashSet<>();
    private final Set<String> stores = new LinkedHashSet<>();
    private final Map<String, String> sinks = new LinkedHashMap<>();

    private final Map<Output, Consumer<KStream<byte[], ?>>> outputs = new LinkedHashMap<>();
    private final Map<Output, Object> retractions = new LinkedHashMap<>();
    private StepChain chain;

    Stage(String name, String route, StageInput input, CamelContext camel, DeadLetterSender deadLetters) {
        this.name = name;
        this.route = route;
        this.input = input;
        this.camel = camel;
        this.deadLetters = deadLetters;
    }

    String name() {
        return name;
    }

    void chain(StepChain newChain) {
        chain = newChain;
    }

    /** Adds the variables that an expression uses. */
    FlowExpression addVariables(FlowExpression expression, Set<String> names) {
        names.stream().filter(expression::mentions).forEach(variables::add);
        return expression;
    }

    void addStore(String store) {
        stores.add(store);
    }

    String[] stores() {
        return stores.toArray(String[]::new);
    }

    void addSink(String topic) {
        sinks.put(topic, name + "-to-" + topic);
    }

    /**
     * An output to a state store or a repartitioning.
     *
     * @param node the name of the following node
     * @param rekeys whether records may have a new key
     * @param value the value to forward
     */
    record Output(String node, boolean rekeys, Function<EvaluatedRecord, Object> value) {}

    /** Adds an output and the continuation for its records. */
    @SuppressWarnings("unchecked")
    <V> void add(Output output, Consumer<KStream<byte[], V>> then) {
        outputs.put(output, records -> then.accept((KStream<byte[], V>) records));
    }

    /**
     * Sets the value that is forwarded to an output for each retracted result, such as that of a session that has
     * grown.
     */
    void onRetraction(Output output, Object value) {
        retractions.put(output, value);
    }

    Map<Output, Consumer<KStream<byte[], ?>>> outputs() {
        return outputs;
    }

    /** Adds the sinks once the rest of the topology is built. */
    void addSinks(Topology topology) {
        String parent = name;
        if (!outputs.isEmpty()) {
            parent = name + "-out";
            topology.addProcessor(parent, Unpack::new, name);
        }
        ByteArraySerializer bytes = new ByteArraySerializer();
        for (Map.Entry<String, String> sink : sinks.entrySet()) {
            topology.addSink(sink.getValue(), sink.getKey(), bytes, bytes, parent);
        }
        topology.addSink(name + "-" + DEAD_LETTERS, deadLetters.topic(), bytes, bytes, parent);
    }

    Processor<Object, Object, byte[], byte[]> last() {
        return new Last();
    }

    FixedKeyProcessor<Object, Object, Object> middle() {
        return new Middle();
    }

    /** A stage running in a task: the stores of its steps and the outputs of its records. */
    abstract class Running {
        private final EvaluatedRecord event = new EvaluatedRecord(camel, variables);
        private final ProcessingContext task;

        Running(ProcessingContext task) {
            this.task = task;
        }

        TimestampedKeyValueStore<byte[], byte[]> store(String store) {
            return task.getStateStore(store);
        }

        /** Returns the current time in milliseconds since 1970. */
        long nowMs() {
            return task.currentSystemTimeMs();
        }

        abstract void forward(String sink, Record<byte[], byte[]> record);

        void forward(Output output, EvaluatedRecord evaluated) {
            forward(output, evaluated, evaluated.key());
        }

        /** Forwards a record with another key, if the output rekeys. */
        abstract void forward(Output output, EvaluatedRecord evaluated, byte[] key);

        /** Forwards a value with the record's own key. */
        abstract void forwardValue(Output output, Object value);

        void write(String topic, EvaluatedRecord evaluated, byte[] value) {
            forward(
                    sinks.get(topic),
                    new Record<>(
                            evaluated.key(),
                            value,
                            evaluated.timestamp(),
                            ReservedHeaders.withoutIds(evaluated.headers())));
        }

        void process(Object key, Object value, Headers headers, long timestamp) {
            try {
                if (input.begin(event, key, value, headers, timestamp)) {
                    if (event.needsMetadata()) {
                        event.from(origin());
                    }
                    chain.run(event, this);
                } else {
                    retractions.forEach((output, retraction) -> forwardValue(output, retraction));
                }
            } catch (RejectedRecordException e) {
                reject(key, value, headers, timestamp, e);
            } catch (IllegalArgumentException e) {
                reject(key, value, headers, timestamp, new RejectedRecordException(e.getMessage()));
            }
        }

        private void reject(Object key, Object value, Headers headers, long timestamp, RejectedRecordException why) {
            Record<Object, Object> rejected = new Record<>(key, value, timestamp, headers);
            if (input.isSerialized() && origin().isPresent()) {
                RejectedRecord.write(deadLetters, route, task, rejected, why, this::forwardDeadLetter);
            } else {
                forwardDeadLetter(deadLetter(rejected, why));
            }
        }

        private void forwardDeadLetter(Record<byte[], byte[]> deadLetter) {
            forward(name + "-" + DEAD_LETTERS, deadLetter);
        }

        /** Returns the record's location; empty for a record of a punctuation or of a periodic emission. */
        private Optional<RecordMetadata> origin() {
            return input instanceof StageInput.Emitted
                    ? Optional.empty()
                    : task.recordMetadata().filter(place -> place.topic() != null);
        }

        /**
         * Returns the dead letter of a record that is not one of a topic, such as an aggregation's result: without an
         * offset, and with the value before the steps of this stage, which may have made it larger than Kafka accepts.
         */
        private Record<byte[], byte[]> deadLetter(Record<Object, Object> rejected, RejectedRecordException why) {
            beginAgain(rejected);
            return RejectedRecord.record(
                    deadLetters.deadLetter("", event.key(), value(event), rejected.headers(), route, why), task);
        }

        private void beginAgain(Record<Object, Object> rejected) {
            try {
                input.begin(event, rejected.key(), rejected.value(), rejected.headers(), rejected.timestamp());
            } catch (RejectedRecordException | IllegalArgumentException e) {
                // The record was rejected here, and the dead letter has the parts of key and value that could be read.
            }
        }
    }

    /** Returns a value as JSON, or as its original bytes, which as JSON could be larger than Kafka accepts. */
    private static byte[] value(EvaluatedRecord event) {
        return event.original() == null
                ? ValueType.JSON.write(event.value())
                : event.original().bytes();
    }

    private final class Last extends ContextualProcessor<Object, Object, byte[], byte[]> {
        private Running running;

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            super.init(context);
            running = new Running(context) {
                @Override
                void forward(String sink, Record<byte[], byte[]> record) {
                    context.forward(record, sink);
                }

                @Override
                void forward(Output output, EvaluatedRecord evaluated, byte[] key) {
                    throw new IllegalStateException("Last stage " + name + " has no output");
                }

                @Override
                void forwardValue(Output output, Object value) {
                    throw new IllegalStateException("Last stage " + name + " has no output");
                }
            };
        }

        @Override
        public void process(Record<Object, Object> record) {
            running.process(record.key(), record.value(), record.headers(), record.timestamp());
        }
    }

    private final class Middle extends ContextualFixedKeyProcessor<Object, Object, Object> {
        private Running running;
        private FixedKeyRecord<Object, Object> now;

        @Override
        public void init(FixedKeyProcessorContext<Object, Object> context) {
            super.init(context);
            running = new Running(context) {
                @Override
                void forward(String sink, Record<byte[], byte[]> record) {
                    context.forward(now.withValue(new SinkRecord(sink, record)), name + "-out");
                }

                @Override
                void forward(Output output, EvaluatedRecord evaluated, byte[] key) {
                    Object value = output.value().apply(evaluated);
                    forwardValue(output, output.rekeys() ? new Rekeyed(key, value) : value);
                }

                @Override
                void forwardValue(Output output, Object value) {
                    context.forward(now.withValue(value), output.node());
                }
            };
        }

        @Override
        public void process(FixedKeyRecord<Object, Object> record) {
            now = record;
            running.process(record.key(), record.value(), record.headers(), record.timestamp());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Rekeyed(byte[] key, Object value) {
        KeyValue<byte[], Object> pair() {
            return KeyValue.pair(key, value);
        }
    }

    private record SinkRecord(String sink, Record<byte[], byte[]> record) {}

    /** Forwards records to their sinks. */
    private static final class Unpack extends ContextualProcessor<Object, SinkRecord, byte[], byte[]> {
        @Override
        public void process(Record<Object, SinkRecord> record) {
            context().forward(record.value().record(), record.value().sink());
        }
    }
}
