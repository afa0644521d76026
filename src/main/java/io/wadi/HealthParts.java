package io.wadi;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.indexing.IndexingComponent;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.KafkaRoundTrip;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.kafka.topics.TopicsInSync;
import io.wadi.landing.HdfsRoundTrip;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.ConsumersConnected;
import io.wadi.runtime.health.Patience;
import io.wadi.runtime.health.Prober;
import io.wadi.runtime.health.Prober.Question;
import io.wadi.runtime.health.ProcessWorks;
import io.wadi.runtime.health.RoutesStarted;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.health.SteadyCheck;
import io.wadi.runtime.health.SteadyCheck.Use;
import io.wadi.runtime.health.Watched;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** Puts the checks together that ask servers for proof. A server is asked from when a route uses it. */
final class HealthParts implements AutoCloseable {
    private static final Duration LIFE = Duration.ofSeconds(30);

    private final Settings settings;
    private final Clock clock = Clock.systemUTC();
    private final Patience patience;
    private final Map<String, Prober> probers = new HashMap<>();
    private final Consumer<Runnable> afterStart;

    /** Takes what runs something once all routes are started. */
    HealthParts(Settings settings, Consumer<Runnable> afterStart) {
        this.settings = settings;
        this.afterStart = afterStart;
        this.patience = new Patience(
                get(WadiSettings.HEALTH_DOWN_AFTER),
                get(WadiSettings.HEALTH_UP_AFTER),
                get(WadiSettings.HEALTH_EVERY),
                get(WadiSettings.HEALTH_ANSWER_WITHIN));
    }

    /** How long things have to last. */
    Patience patience() {
        return patience;
    }

    /**
     * Begins to ask Kafka; does nothing where it has begun.
     *
     * @param read the topics that are read here at the time, besides those declared
     */
    void watchKafka(HealthCheckRegistry health, KafkaClients kafka, Topics topics, Supplier<Set<String>> read) {
        begin("kafka", health, () -> {
            String where = "Kafka " + get(WadiSettings.KAFKA_BROKERS);
            List<ServerCheck> asked = new ArrayList<>();
            String topic = get(WadiSettings.HEALTH_TOPIC);
            // Where it is not declared there is nothing to write to; the topics still prove that Kafka answers.
            boolean writes = topics.find(topic).isPresent();
            if (writes) {
                asked.add(new ServerCheck(
                        "wadi-kafka",
                        Use.READINESS,
                        where,
                        "events are refused with 503 and nothing acknowledged is lost; it heals by itself once Kafka takes"
                                + " records",
                        new KafkaRoundTrip(kafka, topic, patience.answerWithin())));
            }
            asked.add(new ServerCheck(
                    "wadi-kafka-topics",
                    writes ? Use.NONE : Use.READINESS,
                    where,
                    "what these partitions would take waits or is refused; it heals by itself once they are as they should be",
                    new TopicsInSync(kafka::adminProperties, () -> names(topics, read), patience.answerWithin())));
            return asked;
        });
    }

    /**
     * Begins to look at the process itself; does nothing where it has begun.
     *
     * @param stuck tells what only a restart helps against, in words
     * @param isToRun which routes are to run, as far as somebody has said something
     */
    void watchProcess(CamelContext context, Supplier<Optional<String>> stuck, Predicate<String> isToRun) {
        HealthCheckRegistry health = HealthCheckRegistry.get(context);
        if (health == null) {
            return;
        }
        health.register(new RoutesStarted(isToRun));
        begin(
                "process",
                health,
                () -> List.of(
                        new ServerCheck(
                                "wadi-process",
                                Use.LIVENESS,
                                "this process",
                                "restart it: nothing that was acknowledged is lost by that",
                                new ProcessWorks(List.of(stuck), restarts())),
                        new ServerCheck(
                                "wadi-consumers",
                                Use.NONE,
                                "this process",
                                "their records wait in Kafka, and connecting is tried again",
                                new ConsumersConnected(context))));
    }

    /** Begins to ask HDFS, and at once: landing waits for the connection, which takes longest; does nothing where it has begun. */
    void watchHdfs(HealthCheckRegistry health, HdfsConnection hdfs) {
        begin("hdfs", health, Runnable::run, () -> {
            HdfsFileStore.FileOptions options = new HdfsFileStore.FileOptions(
                    get(WadiSettings.LANDING_REPLICATION).shortValue(),
                    get(WadiSettings.LANDING_BLOCK_SIZE),
                    get(WadiSettings.LANDING_FILE_GROUP));
            String directory = get(WadiSettings.LANDING_DIRECTORY);
            return List.of(new ServerCheck(
                    "wadi-hdfs",
                    Use.NONE,
                    get(WadiSettings.HDFS_URI) + directory,
                    "landing waits, and Kafka keeps the events; it goes on by itself once files can be written",
                    new HdfsRoundTrip(
                            new HdfsFileStore(hdfs, options),
                            hdfs,
                            directory,
                            get(WadiSettings.HEALTH_HDFS_SPACE),
                            clock)));
        });
    }

    /** Begins to ask Elasticsearch; does nothing where it has begun. */
    void watchElasticsearch(HealthCheckRegistry health, IndexingComponent indexing) {
        begin(
                "elasticsearch",
                health,
                () -> List.of(new ServerCheck(
                        "wadi-elasticsearch",
                        Use.NONE,
                        "Elasticsearch " + String.join(",", get(WadiSettings.ELASTICSEARCH_HOSTS)),
                        "indexing waits, and Kafka keeps the events; it goes on by itself once documents are taken",
                        indexing.probe(clock, patience.answerWithin()))));
    }

    /** Begins to make checks of a feature; does nothing where it has begun. */
    void watch(String name, HealthCheckRegistry health, Supplier<List<ServerCheck>> checks) {
        begin(name, health, checks);
    }

    private static Set<String> names(Topics topics, Supplier<Set<String>> read) {
        Set<String> names = topics.all().stream().map(Topic::name).collect(Collectors.toCollection(TreeSet::new));
        names.addAll(read.get());
        return names;
    }

    private void begin(String server, HealthCheckRegistry health, Supplier<List<ServerCheck>> asked) {
        begin(server, health, afterStart, asked);
    }

    private synchronized void begin(
            String server, HealthCheckRegistry health, Consumer<Runnable> when, Supplier<List<ServerCheck>> asked) {
        if (health == null || probers.containsKey(server)) {
            return;
        }
        List<Question> questions = new ArrayList<>();
        for (ServerCheck each : asked.get()) {
            Watched watched = new Watched(each.use() == Use.LIVENESS ? forLife() : patience, clock);
            health.register(new SteadyCheck(
                    new SteadyCheck.Subject(each.id(), each.use(), each.where(), each.next()), watched, clock));
            questions.add(new Question(each.id(), each.probe(), watched));
        }
        Prober prober = new Prober(server, patience.every(), questions);
        probers.put(server, prober);
        when.accept(prober::start);
    }

    /** A process that is short of time for a moment is not to be restarted. */
    private Patience forLife() {
        return new Patience(
                longer(patience.downAfter()), patience.upAfter(), patience.every(), longer(patience.answerWithin()));
    }

    private static Duration longer(Duration given) {
        return given.compareTo(LIFE) < 0 ? LIFE : given;
    }

    /** What a supervisor said of why it started this process again; empty at a first start. */
    private String restarts() {
        long count = get(WadiSettings.RESTART_COUNT);
        String cause = get(WadiSettings.RESTART_CAUSE);
        return count == 0
                ? ""
                : "restarts: %d, the last one after the process %s"
                        .formatted(count, cause.isEmpty() ? "ended by itself" : cause);
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public synchronized void close() throws InterruptedException {
        for (Prober prober : probers.values()) {
            prober.close();
        }
    }
}
