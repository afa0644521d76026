package io.wadi.streams.topology;

import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.RejectedRecordException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * A processor that keeps the latest value of each key and window in a state store, and forwards it at each interval, in
 * the transaction of its task. Each partition keeps at most as many values as the step allows. Beyond that, changes are
 * forwarded before the interval ends; if all values are kept, records with new keys are forwarded as rejected. Many
 * values are forwarded in portions, so that no transaction takes too long.
 */
final class PeriodicEmission extends ContextualProcessor<Object, byte[], Object, PeriodicEmission.Value> {
    /** The value of a result that no longer exists and must not be emitted. */
    static final byte[] RETRACTION = {};

    /** Represents a null value, which a store cannot contain. */
    private static final byte[] NONE = {};
    /** Start and end of the window of a record without one. */
    private static final long NO_WINDOW = -1;
    /** The maximum number of values that are forwarded at a time. */
    private static final int PORTION = 10_000;

    private static final Duration PORTION_INTERVAL = Duration.ofMillis(100);

    private final Step.Every every;
    private final String storeName;
    private TimestampedKeyValueStore<byte[], byte[]> store;
    /** The values that the current emission has not forwarded; null between emissions. */
    private KeyValueIterator<byte[], ValueAndTimestamp<byte[]>> remaining;
    /** Forwards further portions; null if there are none. */
    private Cancellable continuation;

    private long emissionTime;

    private PeriodicEmission(String storeName, Step.Every every) {
        this.storeName = storeName;
        this.every = every;
    }

    /**
     * A forwarded value.
     *
     * @param rejection the reason why the value was not kept; null for an emission
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Value(byte[] tagged, String rejection) {
        /** Throws {@link RejectedRecordException} unless it is an emission. */
        void requireEmission() {
            if (rejection != null) {
                throw new RejectedRecordException(rejection);
            }
        }
    }

    /**
     * Returns the emissions.
     *
     * @param name the name of the state store and its changelog topic
     */
    static KStream<Object, Value> of(String name, Step.Every every, KStream<byte[], byte[]> records) {
        StoreBuilder<?> builder = Stores.timestampedKeyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray());
        return records.process(
                new StatefulProcessors<>(() -> new PeriodicEmission(name, every), Set.of(builder)), Named.as(name));
    }

    @Override
    public void init(ProcessorContext<Object, Value> context) {
        super.init(context);
        store = context.getStateStore(storeName);
        context.schedule(every.interval(), every.time(), this::begin);
    }

    @Override
    public void process(Record<Object, byte[]> record) {
        byte[] key = key(record.key());
        if (record.value() == RETRACTION) {
            store.delete(key);
            return;
        }
        boolean isFull = store.approximateNumEntries() >= every.maxKeys() && store.get(key) == null;
        if (isFull && every.isAll()) {
            context().forward(record.withValue(new Value(record.value(), full())));
            return;
        }
        while (isFull && store.approximateNumEntries() >= every.maxKeys()) {
            emit(record.timestamp());
        }
        store.put(key, ValueAndTimestamp.make(record.value() == null ? NONE : record.value(), record.timestamp()));
    }

    private String full() {
        return "every: partition %d keeps the values of %d keys, and this key is new: expected at most max-keys"
                .formatted(context().taskId().partition(), every.maxKeys());
    }

    /** Begins an emission, unless one is in progress. */
    private void begin(long now) {
        if (remaining == null) {
            emit(now);
        }
    }

    /** Forwards the next portion of an emission, which begins if none is in progress. */
    private void emit(long now) {
        if (remaining == null) {
            remaining = store.all();
            emissionTime = now;
        }
        for (int i = 0; i < PORTION && remaining.hasNext(); i++) {
            emit(remaining.next());
        }
        if (!remaining.hasNext()) {
            close();
        } else if (continuation == null) {
            continuation = context().schedule(PORTION_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::emit);
        }
    }

    private void emit(KeyValue<byte[], ValueAndTimestamp<byte[]>> kept) {
        byte[] value = kept.value.value();
        boolean isDeleted = value.length == 0;
        context()
                .forward(new Record<>(
                        key(kept.key),
                        new Value(isDeleted ? null : value, null),
                        every.isAll() ? emissionTime : kept.value.timestamp()));
        if (isDeleted || !every.isAll()) {
            store.delete(kept.key);
        }
    }

    /** Ends the emission in progress. */
    @Override
    public void close() {
        if (remaining != null) {
            remaining.close();
            remaining = null;
        }
        if (continuation != null) {
            continuation.cancel();
            continuation = null;
        }
    }

    private static byte[] key(Object recordKey) {
        Windowed<?> windowed = recordKey instanceof Windowed<?> window ? window : null;
        byte[] key = (byte[]) (windowed == null ? recordKey : windowed.key());
        return ByteBuffer.allocate(2 * Long.BYTES + key.length)
                .putLong(windowed == null ? NO_WINDOW : windowed.window().start())
                .putLong(windowed == null ? NO_WINDOW : windowed.window().end())
                .put(key)
                .array();
    }

    private static Object key(byte[] stored) {
        ByteBuffer from = ByteBuffer.wrap(stored);
        long start = from.getLong();
        long end = from.getLong();
        byte[] key = new byte[from.remaining()];
        from.get(key);
        return start == NO_WINDOW ? key : new Windowed<>(key, new KeptWindow(start, end));
    }

    private static final class KeptWindow extends Window {
        private KeptWindow(long start, long end) {
            super(start, end);
        }

        @Override
        public boolean overlap(Window other) {
            return startMs < other.end() && other.start() < endMs;
        }
    }
}
