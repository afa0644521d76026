package io.wadi.streams.topology;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that forwards the first value of a key to the child {@code first} and later ones, with their number, to
 * the child {@code repeated}. Each minute of stream time it forwards the number of values of each key to both. It fails
 * at the value {@code poison}.
 */
public final class CountingProcessor implements ProcessorSupplier<String, String, Object, Object> {
    @Override
    public Processor<String, String, Object, Object> get() {
        return new Counting();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("counts"), Serdes.String(), Serdes.Long()));
    }

    private static final class Counting extends ContextualProcessor<String, String, Object, Object> {
        private KeyValueStore<String, Long> counts;

        @Override
        public void init(ProcessorContext<Object, Object> context) {
            super.init(context);
            counts = context.getStateStore("counts");
            context.schedule(Duration.ofMinutes(1), PunctuationType.STREAM_TIME, this::report);
        }

        @Override
        public void process(Record<String, String> record) {
            if ("poison".equals(record.value())) {
                throw new IllegalStateException("of this test");
            }
            Long before = counts.get(record.key());
            counts.put(record.key(), before == null ? 1 : before + 1);
            if (before == null) {
                context().forward(record, "first");
            } else {
                context().forward(record.withValue(before + 1), "repeated");
            }
        }

        private void report(long time) {
            try (var all = counts.all()) {
                all.forEachRemaining(count -> context().forward(new Record<>(count.key, "total " + count.value, time)));
            }
        }
    }
}
