package io.wadi.streams.topology;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.QueryableTable;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Placement;
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
import java.util.function.Supplier;
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
 * A builder of a file's topology. Keys and values are bytes throughout; the steps between two repartitionings or state
 * stores are one node, a {@link Stage}.
 */
final class TopologyBuilder {
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final StreamsFile file;
    private final String route;
    private final CamelContext camel;
    private final DeadLetterSender deadLetters;
    private final Supplier<TopicLimits> limits;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<String, KStream<byte[], byte[]>> sources = new HashMap<>();
    private final List<Stage> stages = new ArrayList<>();
    private final Set<String> names = new HashSet<>(EvaluatedRecord.names());
    /** The number of state stores and repartitionings by flow; steps between them do not change their names. */
    private final Map<String, Integer> places = new HashMap<>();

    private final QueryableTables tables;
    /** Descriptions of state and repartitioning by name in Kafka; state under another description would be misread. */
    private final Map<String, String> state = new TreeMap<>();
    /** The arms of branches that lead to state and repartitionings, by the name of these. */
    private final Map<String, String> arms = new TreeMap<>();
    /** The state or repartitioning before each of these in its flow, by name; empty for the first ones. */
    private final Map<String, String> predecessors = new TreeMap<>();
    /** The lines of the steps and tables with state and repartitionings, by the name of these. */
    private final Map<String, Integer> lines = new TreeMap<>();

    private final Topology topology;

    /**
     * Builds the topology of a file.
     *
     * @param route the route that the dead letters name
     * @param limits the limits of known topics, which may change while the topology runs
     */
    TopologyBuilder(
            StreamsFile file,
            String route,
            CamelContext camel,
            DeadLetterSender deadLetters,
            Supplier<TopicLimits> limits) {
        this.file = file;
        this.route = route;
        this.camel = camel;
        this.deadLetters = deadLetters;
        this.limits = limits;
        this.tables = new QueryableTables(file.name());
        file.tables().forEach(table -> names.add(table.name()));
        this.topology = make();
    }

    Topology topology() {
        return topology;
    }

    List<QueryableTable> tables() {
        return tables.all();
    }

    Map<String, String> state() {
        return state;
    }

    Map<String, String> arms() {
        return arms;
    }

    Map<String, String> predecessors() {
        return predecessors;
    }

    Map<String, Integer> lines() {
        return lines;
    }

    void addState(String flow, String place, Step.Aggregate aggregate, ValueType key, Origin origin) {
        tables.add(flow, place, aggregate, key);
        WindowDefinition window = aggregate.window();
        String windows = window == null ? "" : ", " + window.description();
        String description = "%s of %s%s".formatted(aggregate.aggregations().description(), origin, windows);
        addState(place, aggregate, origin, description);
    }

    void addRepartitioning(String place, Step step, int partitions, Origin origin) {
        String count = partitions == 0 ? "as many partitions" : partitions + " partitions";
        addState(place, step, origin, "%s, in %s".formatted(origin, count));
    }

    void addState(String place, Step step, Origin origin, String description) {
        arms.put(place, origin.arm());
        predecessors.put(place, origin.place());
        addState(place, step.line(), description);
    }

    void addStores(Step.Processor process, Origin origin) {
        process.stores()
                .forEach(store -> addState(
                        store.name(), process.line(), "a store of %s for %s".formatted(process.type(), origin)));
    }

    private void addState(String name, int line, String description) {
        state.put(name, description);
        lines.put(name, line);
    }

    Deduplication.Meters deduplicationMeters() {
        return new Deduplication.Meters(deadLetters.meters(), route);
    }

    private Topology make() {
        file.tables().forEach(this::table);
        for (Flow flow : file.flows()) {
            Source from = flow.from();
            StageInput input = new StageInput.Topic(from.key(), from.value(), readsTree(flow.steps(), flow.to()));
            addStage(
                    flow.name(),
                    source(from.topic()),
                    new Place(input, from.key(), from.value(), Placement.BY_KEY, origin(from)),
                    flow.steps(),
                    flow.to());
        }
        Topology built = builder.build();
        stages.forEach(stage -> stage.addSinks(built));
        return built;
    }

    /**
     * The beginning of a stage.
     *
     * @param key the type of the records' keys
     * @param unchanged the type of the flow's input, while no step has changed the values; null otherwise
     * @param origin the origin of the records
     */
    record Place(StageInput input, ValueType key, ValueType unchanged, Placement placement, Origin origin) {
        /** Returns the same place in an arm. */
        Place in(String arm) {
            return new Place(input, key, unchanged, placement, origin.in(arm));
        }

        /** Returns the place after a repartitioning or state store of this name, with the same keys. */
        Place then(String name, StageInput next, ValueType nextUnchanged, Placement nextPlacement) {
            return new Place(next, key, nextUnchanged, nextPlacement, origin.after(name));
        }
    }

    /**
     * The origin of the records at a place of a flow.
     *
     * @param topic the input topic
     * @param key a description of the records' key
     * @param arm a description of the arms of branches that the records are in; empty if there is none
     * @param place the name of the last state store or repartitioning; empty if there is none
     */
    record Origin(String topic, String key, String arm, String place) {
        Origin withKey(String newKey) {
            return new Origin(topic, newKey, arm, place);
        }

        Origin in(String innerArm) {
            return new Origin(topic, key, arm.isEmpty() ? innerArm : arm + ", " + innerArm, place);
        }

        Origin after(String newPlace) {
            return new Origin(topic, key, arm, newPlace);
        }

        @Override
        public String toString() {
            return "records of %s by %s".formatted(topic, key);
        }
    }

    private static Origin origin(Source from) {
        return new Origin(from.topic(), "their keys of type " + from.key().word(), "", "");
    }

    private KStream<byte[], byte[]> source(String topic) {
        return sources.computeIfAbsent(topic, name -> builder.stream(name, Consumed.with(BYTES, BYTES)));
    }

    /** Returns whether the first evaluated expression reads JSON trees. */
    private static boolean readsTree(List<Step> steps, Sink to) {
        return steps.stream()
                .flatMap(step -> step.expressions().stream())
                .findFirst()
                .or(() -> Optional.ofNullable(to).map(Sink::chosen))
                .filter(FlowExpression::readsTree)
                .isPresent();
    }

    static String store(Table table) {
        return "table-" + table.name();
    }

    private void table(Table table) {
        tables.add(table, store(table));
        Materialized<byte[], byte[], KeyValueStore<Bytes, byte[]>> materialized =
                Materialized.<byte[], byte[], KeyValueStore<Bytes, byte[]>>as(store(table))
                        .withKeySerde(BYTES)
                        .withValueSerde(BYTES)
                        .withStoreType(Materialized.StoreType.IN_MEMORY);
        if (table.isGlobal()) {
            builder.globalTable(table.topic(), Consumed.with(BYTES, BYTES), materialized);
            return;
        }
        addState(store(table), table.line(), "the records of " + table.topic());
        Stage stage = new Stage(
                store(table) + "-in",
                route,
                new StageInput.Topic(table.key(), table.value(), false),
                camel,
                deadLetters);
        Stage.Output checked = new Stage.Output(store(table) + "-checked", false, TopologyBuilder::bytes);
        stage.chain(new StepChain(List.of(), (event, running) -> {
            if (event.key() == null) {
                throw new IllegalArgumentException("a record of a table must have a key");
            }
            running.forward(checked, event);
        }));
        stage.add(checked, (KStream<byte[], byte[]> records) -> records.toTable(Named.as(store(table)), materialized));
        connect(source(table.topic()), stage);
    }

    /** Returns the value's bytes in the table's topic; null for a deletion. */
    private static Object bytes(EvaluatedRecord event) {
        return event.original() == null ? null : event.original().bytes();
    }

    /** Continues a flow with a new stage. */
    void addStage(String flow, KStream<?, ?> records, Place place, List<Step> steps, Sink to) {
        // With a hyphen instead of the dot, it could be the name of another flow's place.
        addStage(flow, flow + ".part-" + (stages.size() + 1), records, place, steps, to);
    }

    /** Continues a flow with a new stage, under the name of its node in the topology. */
    void addStage(String flow, String node, KStream<?, ?> records, Place place, List<Step> steps, Sink to) {
        Stage stage = new Stage(node, route, place.input(), camel, deadLetters);
        stage.chain(new StageBuilder(this, stage, flow, names, limits).chain(place, steps, to));
        connect(records, stage);
    }

    /** Returns a name for a flow's next state store or repartitioning. */
    String nextPlace(String flow) {
        return flow + "-" + places.merge(flow, 1, Integer::sum);
    }

    KStream<byte[], byte[]> repartitioned(String name, int partitions, KStream<byte[], byte[]> records) {
        Repartitioned<byte[], byte[]> topic = Repartitioned.with(BYTES, BYTES).withName(name);
        return records.repartition(partitions == 0 ? topic : topic.withNumberOfPartitions(partitions));
    }

    @SuppressWarnings("unchecked")
    private void connect(KStream<?, ?> records, Stage stage) {
        stages.add(stage);
        KStream<Object, Object> from = (KStream<Object, Object>) records;
        if (stage.outputs().isEmpty()) {
            from.process(stage::last, Named.as(stage.name()), stage.stores());
            return;
        }
        KStream<Object, Object> out = from.processValues(stage::middle, Named.as(stage.name()), stage.stores());
        stage.outputs()
                .forEach((output, then) -> then.accept(
                        output.rekeys()
                                ? out.map((key, value) -> ((Stage.Rekeyed) value).pair(), Named.as(output.node()))
                                : (KStream<byte[], ?>)
                                        (KStream<?, ?>) out.mapValues(value -> value, Named.as(output.node()))));
    }
}
