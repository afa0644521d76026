package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.definition.WindowDefinition;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.InternalFixedKeyRecordFactory;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
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

        windows.init(contextWithoutSessions(forwarded));
        windows.process(result);
        windows.init(contextWithoutSessions(forwarded));
        windows.process(result);

        assertThat(forwarded).containsExactly(result, result);
    }

    /** Returns a context with an empty store, which adds forwarded records to a list. */
    @SuppressWarnings("unchecked")
    private static FixedKeyProcessorContext<Windowed<byte[]>, Number[]> contextWithoutSessions(List<Object> forwarded) {
        Object none = proxy(
                KeyValueIterator.class,
                (proxy, method, arguments) -> method.getName().equals("hasNext") ? false : null);
        Object store = proxy(SessionStore.class, (proxy, method, arguments) -> none);
        return (FixedKeyProcessorContext<Windowed<byte[]>, Number[]>) proxy(
                FixedKeyProcessorContext.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getStateStore") ? store : forwarded.add(arguments[0]));
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(ClosedWindowsTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
