package example;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Keeps the stock of each item. Items with less than ten in stock go to the child node {@code low}, others to {@code
 * level}; those that are still low are repeated every ten seconds.
 */
public final class StockAlerts implements ProcessorSupplier<String, Map<String, Object>, String, Long> {
    static final long ENOUGH = 10;
    private static final String STOCK = "stock";
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    @Override
    public Processor<String, Map<String, Object>, String, Long> get() {
        return new StockProcessor();
    }

    /** Returns the stores, which are added to the topology, each with a changelog topic. */
    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STOCK), Serdes.String(), Serdes.Long()));
    }

    private static final class StockProcessor extends ContextualProcessor<String, Map<String, Object>, String, Long> {
        private KeyValueStore<String, Long> stock;

        @Override
        public void init(ProcessorContext<String, Long> context) {
            super.init(context);
            stock = context.getStateStore(STOCK);
            context.schedule(INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::repeatLow);
        }

        @Override
        public void process(Record<String, Map<String, Object>> record) {
            if (!(record.value().get("change") instanceof Number change)) {
                throw new IllegalArgumentException("change is missing or no number: " + record.value());
            }
            Long before = stock.get(record.key());
            long level = (before == null ? 0 : before) + change.longValue();
            stock.put(record.key(), level);
            context().forward(record.withValue(level), level < ENOUGH ? "low" : "level");
        }

        private void repeatLow(long now) {
            try (KeyValueIterator<String, Long> items = stock.all()) {
                while (items.hasNext()) {
                    KeyValue<String, Long> item = items.next();
                    if (item.value < ENOUGH) {
                        context().forward(new Record<>(item.key, item.value, now), "low");
                    }
                }
            }
        }
    }
}
