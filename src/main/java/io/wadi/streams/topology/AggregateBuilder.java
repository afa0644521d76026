package io.wadi.streams.topology;

import io.wadi.streams.definition.Aggregations;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.definition.WindowDefinition.Kind;
import io.wadi.streams.expression.Numbers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.Suppressed.BufferConfig;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;

/** A builder that adds aggregations by key and window to a topology. */
final class AggregateBuilder {
    private AggregateBuilder() {}

    /**
     * Returns the results, emitted at each change, or once with {@code emit: final}.
     *
     * @param name the name of the state store and its changelog topic
     */
    static KStream<?, Number[]> results(String name, Step.Aggregate aggregate, KStream<byte[], Number[]> rows) {
        Aggregations aggregations = aggregate.aggregations();
        KGroupedStream<byte[], Number[]> grouped = rows.groupByKey(Grouped.with(name, Serdes.ByteArray(), Numbers.ROW));
        WindowDefinition window = aggregate.window();
        if (window == null) {
            return grouped.aggregate(
                            aggregations::initial,
                            (key, row, sum) -> aggregations.combine(sum, row),
                            Named.as(name),
                            AggregateBuilder.<KeyValueStore<Bytes, byte[]>>materialized(name))
                    .toStream(Named.as(name + "-results"));
        }
        KTable<Windowed<byte[]>, Number[]> results = windowed(name, aggregations, window, grouped);
        if (window.isFinal()) {
            results = results.suppress(
                    Suppressed.untilWindowCloses(BufferConfig.unbounded()).withName(name + "-final"));
        }
        return ClosedWindows.removeFrom(results.toStream(Named.as(name + "-results")), name, window);
    }

    private static KTable<Windowed<byte[]>, Number[]> windowed(
            String name, Aggregations aggregations, WindowDefinition window, KGroupedStream<byte[], Number[]> grouped) {
        if (window.kind() == Kind.SESSION) {
            return grouped.windowedBy(SessionWindows.ofInactivityGapAndGrace(window.size(), window.grace()))
                    .aggregate(
                            aggregations::initial,
                            (key, row, sum) -> aggregations.combine(sum, row),
                            (key, one, other) -> aggregations.combine(one, other),
                            Named.as(name),
                            AggregateBuilder.<SessionStore<Bytes, byte[]>>materialized(name)
                                    .withRetention(window.keep()));
        }
        TimeWindowedKStream<byte[], Number[]> windows = window.kind() == Kind.SLIDING
                ? grouped.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(window.size(), window.grace()))
                : grouped.windowedBy(TimeWindows.ofSizeAndGrace(window.size(), window.grace())
                        .advanceBy(window.advance()));
        return windows.aggregate(
                aggregations::initial,
                (key, row, sum) -> aggregations.combine(sum, row),
                Named.as(name),
                AggregateBuilder.<WindowStore<Bytes, byte[]>>materialized(name).withRetention(window.keep()));
    }

    private static <S extends StateStore> Materialized<byte[], Number[], S> materialized(String name) {
        return Materialized.<byte[], Number[], S>as(name)
                .withKeySerde(Serdes.ByteArray())
                .withValueSerde(Numbers.ROW)
                .withStoreType(Materialized.StoreType.IN_MEMORY);
    }
}
