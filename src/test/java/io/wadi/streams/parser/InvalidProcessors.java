package io.wadi.streams.parser;

import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Classes that the step process rejects. */
public final class InvalidProcessors {
    private InvalidProcessors() {}

    /** A processor without a state store that forwards nothing. */
    public static class Idle implements ProcessorSupplier<Object, Object, Object, Object> {
        @Override
        public Processor<Object, Object, Object, Object> get() {
            return new Processor<>() {
                @Override
                public void process(org.apache.kafka.streams.processor.api.Record<Object, Object> record) {}
            };
        }
    }

    public static final class Parameters extends Idle {
        public Parameters(String parameter) {}
    }

    public static final class Failing extends Idle {
        public Failing() {
            throw new IllegalStateException("of this test");
        }
    }

    public static final class Shared extends Idle {
        private final Processor<Object, Object, Object, Object> processor = super.get();

        @Override
        public Processor<Object, Object, Object, Object> get() {
            return processor;
        }
    }

    public static final class Persistent extends Idle {
        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore("disk"), Serdes.String(), Serdes.String()));
        }
    }
}
