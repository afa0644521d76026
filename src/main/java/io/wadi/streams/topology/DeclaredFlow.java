package io.wadi.streams.topology;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.DeadLetterHandler;
import io.wadi.kafka.streams.QueryableTable;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.runtime.config.NearestName;
import io.wadi.streams.definition.CoPartitionedJoin;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/** A file of {@code streams/} as a topology that can be run. */
public final class DeclaredFlow {
    /**
     * The maximum size of a record in an internal topic, which may be larger than in its source topic because of a new
     * key.
     */
    private static final int MAX_INTERNAL_BYTES = StreamsFlow.MAX_REQUEST_BYTES + (1 << 20);

    private final StreamsFile file;
    private final CamelContext camel;
    private final DeadLetterSender deadLetters;
    private final DeduplicationMemory memory;
    private final BeanTopology bean;
    private volatile TopicLimits limits;

    /**
     * Creates the flow of a file.
     *
     * @param memory the ids of all running flows of this process
     */
    public DeclaredFlow(
            StreamsFile file, CamelContext camel, DeadLetterSender deadLetters, DeduplicationMemory memory) {
        this(file, camel, deadLetters, memory, TopicLimits.UNKNOWN);
    }

    DeclaredFlow(
            StreamsFile file,
            CamelContext camel,
            DeadLetterSender deadLetters,
            DeduplicationMemory memory,
            TopicLimits limits) {
        this.file = file;
        this.limits = limits;
        this.camel = camel;
        this.deadLetters = deadLetters;
        this.memory = memory;
        this.bean = file.bean() == null ? null : new BeanTopology(camel, file.bean());
    }

    StreamsFile file() {
        return file;
    }

    /** Returns the file's name without extension. */
    public String name() {
        return file.name();
    }

    public String application() {
        return file.application();
    }

    /**
     * Returns whether the file sets an application id that differs from the default, which is derived from the file's
     * name.
     */
    public boolean hasOwnApplication() {
        return !file.application().equals("wadi-" + file.name());
    }

    public String description() {
        return file.description().isBlank() ? "Run streams/" + file.name() + ".yaml" : file.description();
    }

    public String route() {
        return "streams-" + file.name();
    }

    public StreamsFlow flow() {
        Map<String, Object> settings = new HashMap<>(DeadLetterHandler.settings(deadLetters, route()));
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, file.threads());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, file.standbys());
        InternalTopics.configuration(MAX_INTERNAL_BYTES)
                .forEach((name, value) -> settings.put(StreamsConfig.topicPrefix(name), value));
        return new StreamsFlow(
                file.application(),
                settings,
                this::topology,
                this::obstacle,
                () -> () -> {},
                Optional::empty,
                tables(),
                () -> bean == null ? topology().describe() : bean.describe());
    }

    /** Returns the queryable tables; none for the topology of a bean, because its state is not known. */
    public List<QueryableTable> tables() {
        return bean == null ? built(TopicLimits.UNKNOWN).tables() : List.of();
    }

    /**
     * Returns the reasons why this flow cannot continue with the state in Kafka of the previous version; empty if it
     * can.
     *
     * @param before the previous version of the same file
     */
    public List<String> mistakesAfter(DeclaredFlow before) {
        Map<String, String> oldState = before.state();
        Map<String, String> newState = state();
        Set<String> names = new TreeSet<>(oldState.keySet());
        names.addAll(newState.keySet());
        List<String> differences = names.stream()
                .filter(name -> !Objects.equals(oldState.get(name), newState.get(name)))
                .map(name -> difference(name, oldState.get(name), newState.get(name)))
                .toList();
        return (differences.isEmpty() ? movedArms(before.arms(), arms(), newState) : differences)
                .stream()
                        .map(difference -> "streams/%s.yaml: %s".formatted(name(), difference))
                        .toList();
    }

    /**
     * Describes the places that are now in an arm with state that is in another place with the same description, such
     * as after a change of the order of arms.
     */
    private static List<String> movedArms(
            Map<String, String> oldArms, Map<String, String> newArms, Map<String, String> state) {
        List<String> moved = new ArrayList<>();
        newArms.forEach((place, arm) -> oldArms.entrySet().stream()
                .filter(old -> old.getValue().equals(arm) && !arm.equals(oldArms.get(place)))
                .map(Map.Entry::getKey)
                .filter(old -> withoutNumber(old).equals(withoutNumber(place))
                        && Objects.equals(state.get(old), state.get(place)))
                .findFirst()
                .ifPresent(old ->
                        moved.add("%s is in the arm of %s; the state of this arm is %s".formatted(place, arm, old))));
        return moved;
    }

    /** Returns the name of a place without its number: the flow and, for some steps, the kind of step. */
    private static String withoutNumber(String place) {
        return place.replaceFirst("-\\d+$", "");
    }

    private static String difference(String name, String oldState, String newState) {
        if (oldState == null) {
            return "%s is new (%s) and would lack earlier records".formatted(name, newState);
        }
        return newState == null
                ? "%s is missing (%s), and its state would be orphaned".formatted(name, oldState)
                : "%s is %s, but the existing state is %s".formatted(name, newState, oldState);
    }

    /** Describes the flow's state in Kafka by name. */
    private Map<String, String> state() {
        Map<String, String> state = new HashMap<>();
        state.put("application", file.application());
        if (bean == null) {
            state.putAll(built(TopicLimits.UNKNOWN).state());
        } else {
            state.put("topology", "that of bean %s".formatted(file.bean()));
        }
        return state;
    }

    /** Returns the arms of branches that lead to the flow's state in Kafka, by the name of the state. */
    private Map<String, String> arms() {
        return bean == null ? built(TopicLimits.UNKNOWN).arms() : Map.of();
    }

    /** Returns a topology for one start; an empty one if the bean is missing. */
    public Topology topology() {
        return bean == null ? built(limits).topology() : bean.take();
    }

    private TopologyBuilder built(TopicLimits known) {
        return new TopologyBuilder(file, route(), camel, deadLetters, known);
    }

    private Optional<String> obstacle(Admin admin) throws InterruptedException {
        Optional<String> obstacle = bean == null ? topicObstacle(admin) : bean.obstacle();
        if (obstacle.isEmpty()) {
            Topology next = bean == null ? topology() : bean.next();
            InternalTopics.raiseLimits(file.application(), next, MAX_INTERNAL_BYTES, admin);
        }
        return obstacle.map(this::located);
    }

    /**
     * Describes the mistake if the ids of the steps {@code deduplicate} of this flow and of the others that run do not
     * fit in the heap; empty if they do.
     */
    public Optional<String> memoryObstacle(Admin admin) throws InterruptedException {
        return memory.mistake(file, admin).map(this::located);
    }

    private String located(String mistake) {
        return "streams/%s.yaml: %s".formatted(file.name(), mistake);
    }

    private Optional<String> topicObstacle(Admin admin) throws InterruptedException {
        Set<String> sinks = sinkTopics();
        Set<String> all = new LinkedHashSet<>(sinks);
        file.flows().forEach(flow -> all.add(flow.from().topic()));
        file.tables().forEach(table -> all.add(table.topic()));
        all.add(deadLetters.topic());
        Map<String, Integer> partitions = AdminRequests.partitionCounts(admin, all);
        List<String> missing =
                all.stream().filter(topic -> !partitions.containsKey(topic)).toList();
        if (!missing.isEmpty()) {
            Collection<String> existing = get(admin.listTopics().names());
            return Optional.of("Kafka does not have %s: declare %s in topics.yaml%s"
                    .formatted(
                            String.join(", ", missing),
                            missing.size() == 1 ? "it" : "them",
                            NearestName.question(missing.get(0), existing)));
        }
        limits = new TopicLimits(partitions, InternalTopics.accepted(sinks, admin));
        Optional<String> mistake = file.flows().stream()
                .flatMap(flow -> CoPartitionedJoin.of(flow).stream())
                .flatMap(join ->
                        join
                                .mistake(limits::partitionsOf)
                                .map(reason -> "line %d: %s".formatted(join.line(), reason))
                                .stream())
                .findFirst();
        return mistake.isPresent() ? mistake : memory.mistake(file, admin);
    }

    private Set<String> sinkTopics() {
        Set<String> topics = new LinkedHashSet<>();
        file.flows().forEach(flow -> {
            add(flow.to(), topics);
            addAll(flow.steps(), topics);
        });
        return topics;
    }

    private static void addAll(List<Step> steps, Set<String> topics) {
        for (Step step : steps) {
            step.arms().forEach(arm -> {
                add(arm.to(), topics);
                addAll(arm.steps(), topics);
            });
        }
    }

    private static void add(Sink to, Set<String> topics) {
        if (to != null) {
            topics.addAll(to.topics());
        }
    }
}
