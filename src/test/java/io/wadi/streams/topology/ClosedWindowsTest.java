package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.definition.WindowDefinition;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.InternalFixedKeyRecordFactory;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.TimestampedWindowStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClosedWindowsTest {
    @AutoClose
    private TopologyDriver streams;

    private List<String> read(String key) {
        return streams.read("out").stream()
                .filter(result -> result.startsWith(key + "="))
                .toList();
    }

    /** Kafka Streams aggregates the record, although it has emitted the result. */
    @ParameterizedTest
    @CsvSource({"tumbling, 170", "sliding, 160", "session, 170"})
    void recordAtTheEndOfTheGracePeriod_causesNoSecondFinalResult(String window, long closedAt) {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - window: {%s: 10s, grace: 60s, emit: final}
                  - count: true
                to: out
                """.formatted(window));
        streams.send("in", "a", "x", 100).send("in", "c", "x", 100).send("in", "other", "x", closedAt);
        assertThat(streams.read("out")).contains("a=1", "c=1");

        streams.send("in", "a", "x", 100).send("in", "other", "x", 1000);

        assertThat(read("a")).isEmpty();
    }

    /** After a commit that timed out, Kafka Streams initializes the processors again and repeats the transaction. */
    @Test
    void finalResultOfARepeatedTransaction_isForwardedAgain() {
        ClosedWindows windows = new ClosedWindows(
                "sessions",
                new WindowDefinition(
                        WindowDefinition.Kind.SESSION,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(70),
                        true));
        Windowed<byte[]> session = new Windowed<>(new byte[] {1}, new SessionWindow(100_000, 100_000));
        FixedKeyRecord<Windowed<byte[]>, Number[]> result =
                InternalFixedKeyRecordFactory.create(new Record<>(session, new Number[] {1L}, 100_000));
        List<Object> forwarded = new ArrayList<>();

        windows.init(context(SessionStore.class, List.of(), forwarded));
        windows.process(result);
        windows.init(context(SessionStore.class, List.of(), forwarded));
        windows.process(result);

        assertThat(forwarded).containsExactly(result, result);
    }

    /**
     * After a restart, Kafka Streams accepts a late record for any window, although the state of a closed one has expired.
     * A window without its end is closed when stream time reaches its end and grace period.
     */
    @ParameterizedTest
    @CsvSource({"TUMBLING, 0", "HOPPING, 0", "SLIDING, 1"})
    void resultOfAWindowThatWasClosedBeforeARestart_isDropped(WindowDefinition.Kind kind, int forwardedResults) {
        Duration grace = Duration.ofSeconds(60);
        ClosedWindows windows = new ClosedWindows(
                "windows",
                new WindowDefinition(
                        kind, Duration.ofSeconds(10), Duration.ofSeconds(10), grace, Duration.ofSeconds(80), false));
        List<Object> forwarded = new ArrayList<>();
        Windowed<byte[]> window = new Windowed<>(new byte[] {1}, new TimeWindow(100_000, 110_000));

        windows.init(context(
                TimestampedWindowStore.class,
                List.of(ValueAndTimestamp.make(new Number[] {2L}, 110_000 + grace.toMillis())),
                forwarded));
        windows.process(InternalFixedKeyRecordFactory.create(new Record<>(window, new Number[] {1L}, 105_000)));

        assertThat(forwarded).hasSize(forwardedResults);
    }

    /** Returns a context with a store of values, which adds forwarded records to a list. */
    @SuppressWarnings("unchecked")
    private static FixedKeyProcessorContext<Windowed<byte[]>, Number[]> context(
            Class<?> storeType, List<Object> values, List<Object> forwarded) {
        Iterator<Object> remaining = values.iterator();
        Object all = proxy(KeyValueIterator.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "hasNext" -> remaining.hasNext();
            case "next" -> KeyValue.pair(null, remaining.next());
            default -> null;
        });
        Object store = proxy(storeType, (proxy, method, arguments) -> all);
        return (FixedKeyProcessorContext<Windowed<byte[]>, Number[]>) proxy(
                FixedKeyProcessorContext.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getStateStore") ? store : forwarded.add(arguments[0]));
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(ClosedWindowsTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
