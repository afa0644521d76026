package io.wadi.streams.topology;

import io.wadi.kafka.streams.DeadLetterHandler;
import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.ValueType;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** A processor that a file names. It receives deserialized keys and values instead of bytes. */
record DeclaredProcessor(Processor<Object, Object, Object, Object> processor)
        implements Processor<byte[], DeclaredProcessor.Input, Object, Object> {
    /**
     * The key and value that the processor receives.
     *
     * @param original the bytes of the value in the flow's input; null if a step has changed it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Input(Object key, Object value, byte[] original) implements DeadLetterHandler.Content {
        @Override
        public byte[] bytes() {
            return original == null ? ValueType.JSON.write(value) : original;
        }
    }

    /** Returns the records that the processor forwards. */
    static KStream<Object, Object> of(String name, Step.Processor process, KStream<byte[], Input> records) {
        return records.process(
                new StatefulProcessors<>(
                        () -> new DeclaredProcessor(process.supplier().get()), process.stores()),
                Named.as(name));
    }

    @Override
    public void init(ProcessorContext<Object, Object> context) {
        processor.init(context);
    }

    @Override
    public void process(Record<byte[], Input> record) {
        try {
            processor.process(record.withKey(record.value().key())
                    .withValue(record.value().value()));
        } catch (StackOverflowError | LinkageError | AssertionError e) { // Kafka Streams handles exceptions only
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        processor.close();
    }
}
