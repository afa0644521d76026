package io.wadi.streams.topology;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.deadletter.DeadLetterSender;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * A stage of a flow, between two places where records are repartitioned or stored: one node of the topology. It
 * deserializes the record, runs the steps and serializes the result; a record that fails leaves as a dead letter in the
 * same transaction.
 */
final class Stage {
    private static final String LETTERS = "dead-letters";

    private final String name;
    private final String route;
    private final StageInput input;
    private final CamelContext camel;
    private final DeadLetterSender letters;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> stores = new LinkedHashSet<>();
    /** The sink nodes by topic. */
    private final Map<String, String> sinks = new LinkedHashMap<>();

    private final Map<Onward, Consumer<KStream<byte[], ?>>> onwards = new LinkedHashMap<>();
    private StepChain chain;

    Stage(String name, String route, StageInput input, CamelContext camel, DeadLetterSender letters) {
        this.name = name;
        this.route = route;
        this.input = input;
        this.camel = camel;
        this.letters = letters;
    }

    String name() {
        return name;
    }

    void chain(StepChain whole) {
        chain = whole;
    }

    /** Records the variables that an expression uses. */
    FlowExpression asks(FlowExpression expression, Set<String> names) {
        names.stream().filter(expression::mentions).forEach(asked::add);
        return expression;
    }

    /** Records a table whose store it reads. */
    void reads(String store) {
        stores.add(store);
    }

    String[] stores() {
        return stores.toArray(String[]::new);
    }

    /** Records a topic that it writes to. */
    void writes(String topic) {
        sinks.put(topic, name + "-to-" + topic);
    }

    /**
     * An outlet to a state store or a repartitioning.
     *
     * @param node name of the node behind it
     * @param rekeys whether records may have a new key
     * @param value the value to pass on
     */
    record Onward(String node, boolean rekeys, Function<EvaluatedRecord, Object> value) {}

    /** Adds an outlet and the continuation for its records. */
    @SuppressWarnings("unchecked")
    <V> void add(Onward onward, Consumer<KStream<byte[], V>> then) {
        onwards.put(onward, records -> then.accept((KStream<byte[], V>) records));
    }

    Map<Onward, Consumer<KStream<byte[], ?>>> onwards() {
        return onwards;
    }

    /** Adds the sinks once the rest of the topology is built. */
    void addSinks(Topology topology) {
        String parent = name;
        if (!onwards.isEmpty()) {
            parent = name + "-out";
            topology.addProcessor(parent, Unpack::new, name);
        }
        ByteArraySerializer bytes = new ByteArraySerializer();
        for (Map.Entry<String, String> sink : sinks.entrySet()) {
            topology.addSink(sink.getValue(), sink.getKey(), bytes, bytes, parent);
        }
        topology.addSink(name + "-" + LETTERS, letters.topic(), bytes, bytes, parent);
    }

    /** Returns the processor of a last stage. */
    Processor<Object, Object, byte[], byte[]> last() {
        return new Last();
    }

    /** Returns the processor of a stage that others follow. */
    FixedKeyProcessor<Object, Object, Object> middle() {
        return new Middle();
    }

    /** A stage running in a task: the stores of its steps and the outlets of its records. */
    abstract class Running {
        private final EvaluatedRecord event = new EvaluatedRecord(camel, asked);
        private final Function<String, TimestampedKeyValueStore<byte[], byte[]>> findStore;

        Running(Function<String, TimestampedKeyValueStore<byte[], byte[]>> findStore) {
            this.findStore = findStore;
        }

        TimestampedKeyValueStore<byte[], byte[]> store(String store) {
            return findStore.apply(store);
        }

        abstract Optional<RecordMetadata> place();

        abstract void leave(String node, Record<byte[], byte[]> record);

        abstract void goOn(Onward onward, EvaluatedRecord taken);

        void write(String topic, EvaluatedRecord taken, byte[] value) {
            leave(
                    sinks.get(topic),
                    new Record<>(taken.key(), value, taken.timestamp(), ReservedHeaders.withoutIds(taken.headers())));
        }

        void take(Object key, Object value, Headers headers, long timestamp) {
            try {
                if (input.begin(event, key, value, headers, timestamp)) {
                    if (event.asksForPlace()) {
                        place().ifPresent(event::from);
                    }
                    chain.run(event, this);
                }
            } catch (RejectedRecordException e) {
                refuse(key, value, headers, timestamp, e);
            } catch (IllegalArgumentException e) {
                refuse(key, value, headers, timestamp, new RejectedRecordException(e.getMessage()));
            }
        }

        private void refuse(Object key, Object value, Headers headers, long timestamp, RejectedRecordException why) {
            ProducerRecord<Object, Object> letter = letter(key, value, headers, timestamp, why);
            leave(
                    name + "-" + LETTERS,
                    new Record<>((byte[]) letter.key(), (byte[]) letter.value(), timestamp, letter.headers()));
        }

        /** A record of a topic is sent unchanged; an aggregation's result as JSON without offset. */
        private ProducerRecord<Object, Object> letter(
                Object key, Object value, Headers headers, long timestamp, RejectedRecordException why) {
            Optional<RecordMetadata> place = place();
            if (input instanceof StageInput.Results || place.isEmpty()) {
                return letters.letter("", event.key(), ValueType.JSON.write(event.value()), headers, route, why);
            }
            RecordMetadata at = place.get();
            return letters.letter(
                    new ConsumerRecord<>(
                            at.topic(),
                            at.partition(),
                            at.offset(),
                            timestamp,
                            TimestampType.CREATE_TIME,
                            -1,
                            -1,
                            key,
                            value,
                            headers,
                            Optional.empty()),
                    route,
                    why);
        }
    }

    private final class Last extends ContextualProcessor<Object, Object, byte[], byte[]> {
        private Running running;

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            super.init(context);
            running = new Running(context::getStateStore) {
                @Override
                Optional<RecordMetadata> place() {
                    return context.recordMetadata();
                }

                @Override
                void leave(String node, Record<byte[], byte[]> record) {
                    context.forward(record, node);
                }

                @Override
                void goOn(Onward onward, EvaluatedRecord taken) {
                    throw new IllegalStateException("Nothing goes on behind " + name);
                }
            };
        }

        @Override
        public void process(Record<Object, Object> record) {
            running.take(record.key(), record.value(), record.headers(), record.timestamp());
        }
    }

    private final class Middle extends ContextualFixedKeyProcessor<Object, Object, Object> {
        private Running running;
        private FixedKeyRecord<Object, Object> now;

        @Override
        public void init(FixedKeyProcessorContext<Object, Object> context) {
            super.init(context);
            running = new Running(context::getStateStore) {
                @Override
                Optional<RecordMetadata> place() {
                    return context.recordMetadata();
                }

                @Override
                void leave(String node, Record<byte[], byte[]> record) {
                    context.forward(now.withValue(new Leaving(node, record)), name + "-out");
                }

                @Override
                void goOn(Onward onward, EvaluatedRecord taken) {
                    Object value = onward.value().apply(taken);
                    context.forward(
                            now.withValue(onward.rekeys() ? new Rekeyed(taken.key(), value) : value), onward.node());
                }
            };
        }

        @Override
        public void process(FixedKeyRecord<Object, Object> record) {
            now = record;
            running.take(record.key(), record.value(), record.headers(), record.timestamp());
        }
    }

    /** A record with a new key. */
    static final class Rekeyed {
        private final byte[] key;
        private final Object value;

        private Rekeyed(byte[] key, Object value) {
            this.key = key;
            this.value = value;
        }

        KeyValue<byte[], Object> pair() {
            return KeyValue.pair(key, value);
        }
    }

    /** A record on its way to a sink. */
    private record Leaving(String sink, Record<byte[], byte[]> record) {}

    /** Forwards leaving records to their sinks. */
    private static final class Unpack extends ContextualProcessor<Object, Leaving, byte[], byte[]> {
        @Override
        public void process(Record<Object, Leaving> record) {
            context().forward(record.value().record(), record.value().sink());
        }
    }
}
