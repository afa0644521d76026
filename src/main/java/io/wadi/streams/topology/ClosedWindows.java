package io.wadi.streams.topology;

import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.definition.WindowDefinition.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.TimestampedWindowStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/**
 * A filter that drops results of closed windows, which Kafka Streams emits in two cases. It keeps the latest timestamp
 * of an aggregation in memory only: after a restart or a rebalance, it accepts late records for closed windows,
 * although their state may have been deleted. And it accepts records for a sliding window or a session at the end of
 * its grace period, after it has emitted the final result.
 */
final class ClosedWindows extends ContextualFixedKeyProcessor<Windowed<byte[]>, Number[], Number[]> {
    private final String storeName;
    private final WindowDefinition window;
    /** The windows that end before this time were closed when the task began. */
    private long openFrom;
    /** The latest end of a window with a final result, and the keys with such a result; empty for other windows. */
    private long finalEnd;

    private final Set<ByteBuffer> finalKeys = new HashSet<>();

    ClosedWindows(String storeName, WindowDefinition window) {
        this.storeName = storeName;
        this.window = window;
    }

    /**
     * Returns the results without those of closed windows.
     *
     * @param name the name of the aggregation's state store
     */
    static KStream<Windowed<byte[]>, Number[]> removeFrom(
            KStream<Windowed<byte[]>, Number[]> results, String name, WindowDefinition window) {
        return results.processValues(() -> new ClosedWindows(name, window), Named.as(name + "-open"), name);
    }

    @Override
    public void init(FixedKeyProcessorContext<Windowed<byte[]>, Number[]> context) {
        super.init(context);
        // Kafka Streams reuses processors to repeat a transaction. No result of the former attempt was committed.
        finalEnd = 0;
        finalKeys.clear();
        boolean isSession = window.kind() == Kind.SESSION;
        long latest = isSession ? latestOfSessions() : latestOfWindows();
        long closesAfter =
                window.grace().plus(isSession ? window.size() : Duration.ZERO).toMillis();
        // At exactly this time, a window without its end was closed, and the final result of another one was emitted.
        openFrom = latest - closesAfter + (window.isFinal() || !includesEnd() ? 1 : 0);
    }

    /** Returns the latest timestamp of the aggregated records; 0 if there are none. */
    private long latestOfWindows() {
        TimestampedWindowStore<byte[], Number[]> store = context().getStateStore(storeName);
        long latest = 0;
        try (KeyValueIterator<Windowed<byte[]>, ValueAndTimestamp<Number[]>> all = store.all()) {
            while (all.hasNext()) {
                latest = Math.max(latest, all.next().value.timestamp());
            }
        }
        return latest;
    }

    private long latestOfSessions() {
        SessionStore<byte[], Number[]> store = context().getStateStore(storeName);
        long latest = 0;
        try (KeyValueIterator<Windowed<byte[]>, Number[]> all = store.fetch(null, null)) {
            while (all.hasNext()) {
                KeyValue<Windowed<byte[]>, Number[]> session = all.next();
                latest = Math.max(latest, session.key.window().end());
            }
        }
        return latest;
    }

    @Override
    public void process(FixedKeyRecord<Windowed<byte[]>, Number[]> result) {
        boolean isRetracted = result.value() == null;
        if (isRetracted || (result.key().window().end() >= openFrom && !isRepeated(result.key()))) {
            context().forward(result);
        }
    }

    private boolean includesEnd() {
        return window.kind() == Kind.SLIDING || window.kind() == Kind.SESSION;
    }

    private boolean isRepeated(Windowed<byte[]> result) {
        long end = result.window().end();
        if (!window.isFinal() || !includesEnd() || end < finalEnd) {
            return false;
        }
        if (end > finalEnd) {
            finalEnd = end;
            finalKeys.clear();
        }
        return !finalKeys.add(ByteBuffer.wrap(result.key()));
    }
}
