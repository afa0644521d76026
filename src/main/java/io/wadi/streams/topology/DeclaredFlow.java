package io.wadi.streams.topology;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.DeadLetterHandler;
import io.wadi.kafka.streams.QueryableTable;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.kafka.streams.StreamsReset;
import io.wadi.runtime.config.NearestName;
import io.wadi.streams.definition.CoPartitionedJoin;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of {@code streams/} as a topology that can be run. */
public final class DeclaredFlow {
    private static final Logger LOG = LoggerFactory.getLogger(DeclaredFlow.class);
    /**
     * The maximum size of a record in an internal topic, which may be larger than in its source topic because of a new
     * key.
     */
    private static final int MAX_INTERNAL_BYTES = StreamsFlow.MAX_REQUEST_BYTES + (1 << 20);

    private final StreamsFile file;
    private final CamelContext camel;
    private final DeadLetterSender deadLetters;
    private final DeduplicationMemory memory;
    private final StateHistory history;
    private final BeanTopology bean;
    private volatile TopicLimits limits;
    /** Whether the existing state is that of an earlier version, so that this one does not start. */
    private volatile boolean isRejected;

    /**
     * Creates the flow of a file.
     *
     * @param memory the ids of all running flows of this process
     * @param history the layouts of the existing state of all flows
     */
    public DeclaredFlow(
            StreamsFile file,
            CamelContext camel,
            DeadLetterSender deadLetters,
            DeduplicationMemory memory,
            StateHistory history) {
        this(file, camel, deadLetters, memory, history, TopicLimits.UNKNOWN);
    }

    DeclaredFlow(
            StreamsFile file,
            CamelContext camel,
            DeadLetterSender deadLetters,
            DeduplicationMemory memory,
            StateHistory history,
            TopicLimits limits) {
        this.file = file;
        this.limits = limits;
        this.camel = camel;
        this.deadLetters = deadLetters;
        this.memory = memory;
        this.history = history;
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
    private boolean hasOwnApplication() {
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
                new Precondition(),
                () -> () -> {},
                Optional::empty,
                tables(),
                () -> bean == null ? topology().describe() : bean.describe());
    }

    /** Returns the queryable tables; none for the topology of a bean, because its state is not known. */
    public List<QueryableTable> tables() {
        return bean == null ? built().tables() : List.of();
    }

    /**
     * Returns the reasons why this flow cannot continue with the state in Kafka of a previous version; empty if it can,
     * or if the previous version has not started because of existing state, which the precondition compares.
     *
     * @param before the previous version of the file
     */
    public List<String> mistakesAfter(DeclaredFlow before) {
        return before.isRejected ? List.of() : located(layout(Set.of()).differencesFrom(before.layout(Set.of())));
    }

    /** Returns how to start in spite of such reasons. */
    public String wayOut() {
        return located(
                "give the changed file another name%s, or, to discard the state, stop Wadi, run ./wadi streams reset %s --apply, and start Wadi"
                        .formatted(hasOwnApplication() ? " and another application" : "", name()));
    }

    private List<String> located(Map<String, String> differences) {
        Map<String, Integer> lines = bean == null ? built().lines() : Map.of();
        return differences.entrySet().stream()
                .map(each -> lines.containsKey(each.getKey())
                        ? "streams/%s.yaml line %d: %s".formatted(name(), lines.get(each.getKey()), each.getValue())
                        : located(each.getValue()))
                .toList();
    }

    /** Describes the flow's state in Kafka; that of a bean's topology is not known. */
    private StateLayout layout(Set<String> internalTopics) {
        Map<String, String> state = new TreeMap<>(Map.of("application", file.application()));
        if (bean != null) {
            state.put("topology", "that of bean %s".formatted(file.bean()));
            return new StateLayout(state, Map.of(), Map.of(), internalTopics);
        }
        TopologyBuilder built = built();
        state.putAll(built.state());
        return new StateLayout(state, built.arms(), built.predecessors(), internalTopics);
    }

    /** Returns the internal topics of this version and of previous ones, whether or not they exist. */
    public Set<String> internalTopics(Admin admin) throws InterruptedException {
        Set<String> topics = StreamsReset.internalTopics(file.application(), topology());
        topics.addAll(history.topics(file.application(), admin));
        return topics;
    }

    /** Returns a topology for one start; an empty one if the bean is missing. */
    public Topology topology() {
        return bean == null ? built(() -> limits).topology() : bean.take();
    }

    private TopologyBuilder built() {
        return built(() -> TopicLimits.UNKNOWN);
    }

    private TopologyBuilder built(Supplier<TopicLimits> known) {
        return new TopologyBuilder(file, route(), camel, deadLetters, known);
    }

    private final class Precondition implements StreamsFlow.Precondition {
        @Override
        public Optional<String> obstacle(Admin admin) throws InterruptedException {
            return DeclaredFlow.this.obstacle(admin);
        }

        @Override
        public void readLimits(Admin admin) throws InterruptedException {
            if (bean == null) {
                limits = new TopicLimits(limits.partitions(), InternalTopics.accepted(sinkTopics(), admin));
            }
        }
    }

    private Optional<String> obstacle(Admin admin) throws InterruptedException {
        Optional<String> obstacle = bean == null ? topicObstacle(admin) : bean.obstacle();
        if (obstacle.isPresent()) {
            return obstacle.map(this::located);
        }
        Topology next = bean == null ? topology() : bean.next();
        Set<String> topics = StreamsReset.internalTopics(file.application(), next);
        Map<String, String> differences = history.continueWith(file.application(), layout(topics), admin);
        isRejected = !differences.isEmpty();
        if (isRejected) {
            return Optional.of("%s; %s".formatted(String.join("; ", located(differences)), wayOut()));
        }
        InternalTopics.raiseLimits(file.application(), topics, MAX_INTERNAL_BYTES, admin);
        if (AdminRequests.committed(admin, file.application()).isEmpty()) {
            LOG.info(
                    "streams/{}.yaml: application {} has no committed offsets and begins with the first records; if the"
                            + " file was renamed, set application to the previous id",
                    file.name(),
                    file.application());
        }
        return Optional.empty();
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
