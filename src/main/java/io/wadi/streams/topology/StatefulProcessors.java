package io.wadi.streams.topology;

import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** A supplier of a processor for each task, with the processor's state stores. */
record StatefulProcessors<K, V, L, W>(Supplier<Processor<K, V, L, W>> processors, Set<StoreBuilder<?>> stores)
        implements ProcessorSupplier<K, V, L, W> {
    @Override
    public Processor<K, V, L, W> get() {
        return processors.get();
    }
}
