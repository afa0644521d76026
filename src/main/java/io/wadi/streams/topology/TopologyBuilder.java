package io.wadi.streams.topology;

import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.streams.KeptTable;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Source;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.definition.Table;
import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Makes a file's topology. Keys and values are bytes all the way; what stands between two places where records are kept or change
 * partitions is one node, a {@link Stage}.
 */
final class TopologyBuilder {
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final StreamsFile file;
    private final String route;
    private final CamelContext camel;
    private final DeadLetters letters;
    private final TopicLimits limits;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<String, KStream<byte[], byte[]>> sources = new HashMap<>();
    private final List<Stage> parts = new ArrayList<>();
    private final Set<String> names = new HashSet<>(EvaluatedRecord.names());
    /** How many places of a flow keep records or pass them on; steps between them do not change those places' names. */
    private final Map<String, Integer> places = new HashMap<>();

    private final KeptTables kept;
    /** What is kept and passed on under which name, in words; with other words it would be misread. */
    private final Map<String, String> state = new TreeMap<>();

    private TopologyBuilder(
            StreamsFile file, String route, CamelContext camel, DeadLetters letters, TopicLimits limits) {
        this.file = file;
        this.route = route;
        this.camel = camel;
        this.letters = letters;
        this.limits = limits;
        this.kept = new KeptTables(file.name());
        file.tables().forEach(table -> names.add(table.name()));
    }

    /**
     * Makes it.
     *
     * @param route whose name its dead letters bear
     * @param limits of the topics, as far as they are known
     */
    static Topology of(StreamsFile file, String route, CamelContext camel, DeadLetters letters, TopicLimits limits) {
        return new TopologyBuilder(file, route, camel, letters, limits).make();
    }

    /** What of the state others may ask for. */
    static List<KeptTable> tables(StreamsFile file, String route, CamelContext camel, DeadLetters letters) {
        TopologyBuilder topology = new TopologyBuilder(file, route, camel, letters, TopicLimits.UNKNOWN);
        topology.make();
        return topology.kept.all();
    }

    /** What is kept and passed on, in words, by the names under which Kafka has it. */
    static Map<String, String> state(StreamsFile file, String route, CamelContext camel, DeadLetters letters) {
        TopologyBuilder topology = new TopologyBuilder(file, route, camel, letters, TopicLimits.UNKNOWN);
        topology.make();
        return topology.state;
    }

    /** Notes what is counted up at a place. */
    void keeps(String flow, String place, Step.Aggregate aggregate, ValueType key, Origin origin) {
        kept.add(flow, place, aggregate, key);
        WindowDefinition window = aggregate.window();
        state.put(
                place,
                "%s of %s%s".formatted(aggregate.totals().said(), origin, window == null ? "" : ", " + window.said()));
    }

    /** Notes what is passed on at a place. */
    void passesOn(String place, int partitions, Origin origin) {
        state.put(
                place,
                "%s, in %s".formatted(origin, partitions == 0 ? "as many partitions" : partitions + " partitions"));
    }

    private Topology make() {
        file.tables().forEach(this::table);
        for (Flow flow : file.flows()) {
            Source from = flow.from();
            StageInput input = new StageInput.Topic(from.key(), from.value(), wantsTree(flow.steps(), flow.to()));
            goOn(
                    flow.name(),
                    source(from.topic()),
                    new Place(input, from.key(), false, origin(from)),
                    flow.steps(),
                    flow.to());
        }
        Topology topology = builder.build();
        parts.forEach(part -> part.addSinks(topology));
        return topology;
    }

    /**
     * Where a part of a flow begins.
     *
     * @param key of what type its records' keys are
     * @param isMoved whether records may be in other partitions than those of their keys
     * @param origin whose records they are
     */
    record Place(StageInput input, ValueType key, boolean isMoved, Origin origin) {}

    /**
     * Whose records come to a place of a flow, and by what they are told apart there.
     *
     * @param topic where they come from
     * @param key what their keys are, in words
     */
    record Origin(String topic, String key) {
        @Override
        public String toString() {
            return "records of %s by %s".formatted(topic, key);
        }
    }

    private static Origin origin(Source from) {
        return new Origin(from.topic(), "their keys of type " + from.key().word());
    }

    private KStream<byte[], byte[]> source(String topic) {
        return sources.computeIfAbsent(topic, name -> builder.stream(name, Consumed.with(BYTES, BYTES)));
    }

    /** Whether the first formula that is asked takes trees. */
    private static boolean wantsTree(List<Step> steps, Sink to) {
        return steps.stream()
                .flatMap(step -> step.formulas().stream())
                .findFirst()
                .or(() -> Optional.ofNullable(to).map(Sink::chosen))
                .filter(FlowExpression::wantsTree)
                .isPresent();
    }

    /** The store of a table. */
    static String store(Table table) {
        return "table-" + table.name();
    }

    private void table(Table table) {
        kept.add(table, store(table));
        Materialized<byte[], byte[], KeyValueStore<Bytes, byte[]>> kept =
                Materialized.<byte[], byte[], KeyValueStore<Bytes, byte[]>>as(store(table))
                        .withKeySerde(BYTES)
                        .withValueSerde(BYTES)
                        .withStoreType(Materialized.StoreType.IN_MEMORY);
        if (table.isGlobal()) {
            builder.globalTable(table.topic(), Consumed.with(BYTES, BYTES), kept);
            return;
        }
        state.put(store(table), "the records of " + table.topic());
        Stage part = new Stage(
                store(table) + "-in", route, new StageInput.Topic(table.key(), table.value(), false), camel, letters);
        Stage.Onward checked = new Stage.Onward(store(table) + "-checked", false, EvaluatedRecord::unchanged);
        part.chain(new StepChain(List.of(), (event, running) -> {
            if (event.key() == null) {
                throw new IllegalArgumentException("a record of a table needs a key");
            }
            running.goOn(checked, event);
        }));
        part.add(checked, (KStream<byte[], byte[]> records) -> records.toTable(Named.as(store(table)), kept));
        connect(source(table.topic()), part);
    }

    /** Continues a flow from a place. */
    void goOn(String flow, KStream<?, ?> records, Place place, List<Step> steps, Sink to) {
        Stage part = new Stage(flow + "-part-" + (parts.size() + 1), route, place.input(), camel, letters);
        part.chain(new StageBuilder(this, part, flow, names, limits).chain(place, steps, to));
        connect(records, part);
    }

    /** A name for the next place of a flow at which records are kept or passed on. */
    String nextPlace(String flow) {
        return flow + "-" + places.merge(flow, 1, Integer::sum);
    }

    /** Has records go through a topic of Kafka Streams' own, and on from there. */
    KStream<byte[], byte[]> repartitioned(String name, int partitions, KStream<byte[], byte[]> records) {
        Repartitioned<byte[], byte[]> topic = Repartitioned.with(BYTES, BYTES).withName(name);
        return records.repartition(partitions == 0 ? topic : topic.withNumberOfPartitions(partitions));
    }

    @SuppressWarnings("unchecked")
    private void connect(KStream<?, ?> records, Stage part) {
        parts.add(part);
        KStream<Object, Object> from = (KStream<Object, Object>) records;
        if (part.onwards().isEmpty()) {
            from.process(part::last, Named.as(part.name()), part.stores());
            return;
        }
        KStream<Object, Object> out = from.processValues(part::middle, Named.as(part.name()), part.stores());
        part.onwards()
                .forEach((onward, then) -> then.accept(
                        onward.rekeys()
                                ? out.map((key, value) -> ((Stage.Rekeyed) value).pair(), Named.as(onward.node()))
                                : (KStream<byte[], ?>)
                                        (KStream<?, ?>) out.mapValues(value -> value, Named.as(onward.node()))));
    }
}
