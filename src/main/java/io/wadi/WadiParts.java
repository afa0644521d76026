package io.wadi;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.VertxInternal;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.indexing.IndexingComponent;
import io.wadi.indexing.IndexingEndpoint;
import io.wadi.ingest.admission.Reloads;
import io.wadi.kafka.BegunRecords;
import io.wadi.kafka.client.EndOfRecord;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.SchemaHistory;
import io.wadi.kafka.consumer.Handover;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.partitions.PartitionHealth;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.streams.StreamsEndpoint;
import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.kafka.topics.TopicKeeper;
import io.wadi.kafka.topics.TopicLook;
import io.wadi.kafka.topics.Topics;
import io.wadi.landing.LandingComponent;
import io.wadi.landing.LandingEndpoint;
import io.wadi.runtime.Features;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.SettingsReader;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.reload.LiveRoutes;
import io.wadi.runtime.shutdown.OrderlyShutdown;
import io.wadi.runtime.shutdown.StopOptions;
import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.Figures;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of Wadi and the names that routes use them by: the one place where they are put together. */
final class WadiParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WadiParts.class);

    private final Settings settings;
    private final Figures figures;
    private final MeterRegistry exposed;
    /** Those of Wadi itself: exposed, or nobody's. */
    private final MeterRegistry meters;

    private final KafkaClients kafka;
    private final DeadLetters deadLetters;
    private final Topics topics;
    private final PartitionHealth partitionHealth;
    private final BegunRecords begun;
    private final TopicKeeper topicKeeper;
    private final HealthParts health;
    private final Supplier<Set<String>> topicsRead;
    private final Supplier<Optional<String>> stuck;
    private final EventLoops eventLoops = new EventLoops(Clock.systemUTC());
    private final IntakeParts intake;
    private final AccessParts access;
    private final HdfsConnection hdfs;
    private final IndexingParts indexing;
    private final AlertParts alerts;
    private final CardParts cards;
    private final StreamsParts streams;
    private final LagParts lag;
    private final FeatureBindings features;
    private final ControlParts control;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Runnable> afterStart = new ArrayList<>();
    private boolean isStarted;
    private OrderlyShutdown shutdown;
    /** Null where routes do not change while they run. */
    private LiveRoutes liveRoutes;

    private WadiParts(Settings settings, Registry registry) {
        this.settings = settings;
        health = new HealthParts(settings, this::afterStart);
        TraceParts spans = TraceParts.of(settings);
        Traces traces = spans == null ? Traces.off() : closing(spans).traces();
        figures = get(WadiSettings.OBSERVE_ENABLED)
                ? Figures.upTo(get(WadiSettings.OBSERVE_PARTITIONS).intValue(), Clock.systemUTC(), traces)
                : Figures.off();
        exposed = new ExposedRegistry(figures);
        closing(new JvmMeters(exposed));
        FunctionCounter.builder("wadi.process.restarts", settings, now -> (double) now.get(WadiSettings.RESTART_COUNT))
                .description("How often the process was started again after it had ended by itself")
                .register(exposed);
        meters = figures.isOn() ? exposed : new CompositeMeterRegistry();
        PartitionStates partitions = new PartitionStates(meters, Clock.systemUTC(), health.patience());
        begun = partitions.begun();
        kafka = new KafkaClients(get(WadiSettings.KAFKA_BROKERS), partitions, figures);
        deadLetters = closing(new DeadLetters(get(WadiSettings.DEAD_LETTERS_TOPIC), kafka::patientProducer, meters));
        Mistakes mistakes = new Mistakes();
        Topics declared = mistakes.gather(() -> Topics.read(get(WadiSettings.TOPICS_FILE)));
        topics = Objects.requireNonNullElse(declared, Topics.NONE);
        Reloads reloads = closing(new Reloads());
        intake = new IntakeParts(settings, kafka, topics, meters, figures, reloads, mistakes);
        access = mistakes.gather(() -> new AccessParts(settings, reloads, meters));
        hdfs = mistakes.gather(this::hdfs);
        indexing = mistakes.gather(() -> new IndexingParts(settings));
        alerts = mistakes.gather(() -> new AlertParts(settings, topics, meters));
        cards = mistakes.gather(() -> new CardParts(settings, hdfs, meters));
        streams = mistakes.gather(() -> new StreamsParts(settings, topics));
        features = new FeatureBindings(registry, settings, kafka, deadLetters, meters, health.patience());
        features.bind(mistakes);
        mistakes.throwIfAny();
        partitionHealth = new PartitionHealth(partitions, get(WadiSettings.HEALTH_STALLED_AFTER), Clock.systemUTC());
        topicsRead = partitions::topics;
        stuck = () -> partitions.stuck(get(WadiSettings.HEALTH_STUCK_AFTER)).or(eventLoops::stuck);
        closing(health);
        lag = closing(new LagParts(settings, kafka));
        control = closing(new ControlParts(settings, intake, kafka, topics));
        topicKeeper = closing(new TopicKeeper(
                get(WadiSettings.KAFKA_BROKERS),
                topics,
                Set.of(deadLetters.topic()),
                kafka::adminProperties,
                intake::promptProducer,
                () -> intake.topics().compareWith(new SchemaHistory(kafka))));
    }

    private HdfsConnection hdfs() {
        return closing(new HdfsConnection(new HdfsOptions(
                get(WadiSettings.HDFS_URI),
                get(WadiSettings.HDFS_CONF_DIR),
                get(WadiSettings.HDFS_USER),
                get(WadiSettings.HDFS_PRINCIPAL),
                get(WadiSettings.HDFS_KEYTAB),
                get(WadiSettings.HDFS_UMASK),
                get(WadiSettings.HDFS_ANSWER_WITHIN))));
    }

    /**
     * Reads the settings and the topics and binds all beans and components; opens nothing yet.
     *
     * @throws SettingsException with all mistakes in the settings, or in topics.yaml
     */
    static WadiParts bind(CamelContext context) {
        Registry registry = context.getRegistry();
        Settings settings = SettingsReader.read(
                (PropertiesComponent) context.getPropertiesComponent(), Features.settings(), Map.of());
        WadiParts parts = new WadiParts(settings, registry);
        registry.bind("wadi-settings", parts.settings);
        registry.bind("wadi-hdfs", parts.hdfs);
        registry.bind("wadi-topics", parts.topics);
        parts.bindShared(context);
        parts.intake.bind(
                registry,
                parts.topicKeeper,
                parts.closing(new TopicLook(parts.kafka::adminProperties)),
                parts.deadLetters);
        parts.bindLanding(registry);
        parts.indexing.bind(registry, parts.deadLetters, parts.meters);
        parts.streams.bind(
                (ModelCamelContext) context,
                parts.kafka,
                parts.deadLetters,
                Map.of(
                        "alerts", parts.alerts.flow(parts.kafka, parts.deadLetters),
                        "card-payments", parts.cards.flow(parts.deadLetters)),
                parts.health.patience(),
                parts.control,
                parts.meters);
        parts.closing(new OpsParts(
                        parts.settings,
                        parts.figures,
                        parts.exposed,
                        parts.lag,
                        parts.control,
                        parts.kafka,
                        parts.intake.topics()))
                .bind(
                        (ModelCamelContext) context,
                        parts.hdfs,
                        parts.indexing.url(),
                        parts.closing(parts.indexing.documents()));
        parts.access.install(context);
        parts.bindShutdown(context);
        parts.lag.bind(registry);
        parts.bindLiveRoutes((ModelCamelContext) context);
        return parts;
    }

    private void bindShared(CamelContext context) {
        Registry registry = context.getRegistry();
        registry.bind("vertx", Vertx.class, (Supplier<Object>) this::vertx);
        registry.bind("kafka", Component.class, kafka.component());
        registry.bind("kafka-clients", kafka);
        registry.bind("runs", kafka.factory(Handover.RUNS));
        registry.bind("dead-letters", deadLetters);
        registry.bind(MicrometerConstants.METRICS_REGISTRY_NAME, exposed);
        context.addRoutePolicyFactory(new EndOfRecord());
        if (figures.isOn()) {
            context.addRoutePolicyFactory(new FlowMeters(meters));
        }
    }

    /**
     * Made when a server asks for it; a context without a port needs none. It serves no files, so it needs no directory for copies.
     * TLS handshakes run on its internal pool: with the default of 20 threads, clients without credentials take the processors from
     * the event loops.
     */
    private Vertx vertx() {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setInternalBlockingPoolSize(Math.max(1, Runtime.getRuntime().availableProcessors() / 2))
                .setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false)));
        VertxInternal loops = (VertxInternal) vertx;
        eventLoops.watch(List.of(loops.getEventLoopGroup(), loops.getAcceptorEventLoopGroup()));
        closing(() -> vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
        return vertx;
    }

    private void bindLanding(Registry registry) {
        LandingComponent landing = new LandingComponent();
        landing.setHdfs(hdfs);
        registry.bind("landing", Component.class, landing);
        registry.bind("topic-identities", closing(new TopicIdentities(kafka::adminProperties)));
    }

    private void bindShutdown(CamelContext context) {
        shutdown = new OrderlyShutdown(
                context,
                new StopOptions(
                        get(WadiSettings.STOP_PAUSE),
                        get(WadiSettings.STOP_PHASE_WITHIN),
                        get(WadiSettings.STOP_WITHIN)),
                begun);
        context.setShutdownStrategy(shutdown);
        context.getRegistry().bind("wadi-shutdown", shutdown);
    }

    /** Under its name only where routes may change: Wadi starts it then. */
    private void bindLiveRoutes(ModelCamelContext context) {
        if (get(WadiSettings.ROUTES_LIVE)) {
            liveRoutes = new LiveRoutes(
                    context,
                    intake::hold,
                    control.asked(),
                    control.changing(),
                    new LiveRoutes.Options(
                            get(WadiSettings.ROUTES_LOOK_EVERY),
                            get(WadiSettings.STOP_PHASE_WITHIN),
                            Set.of(IntakeParts.SEND_EVENTS)),
                    meters);
            context.getRegistry().bind("wadi-live-routes", liveRoutes);
        }
    }

    /** No route is replaced, paused or stopped on request any more from now on. */
    void keepRoutes() {
        control.keepRoutes();
        try {
            streams.keepFiles();
            if (liveRoutes != null) {
                liveRoutes.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    private <C extends AutoCloseable> C closing(C part) {
        toClose.add(part);
        return part;
    }

    /** Begins to ask the servers for proof that routes use. */
    private void watch(Endpoint endpoint) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(endpoint.getCamelContext());
        if (endpoint instanceof LandingEndpoint) {
            health.watchHdfs(registry, hdfs);
        } else if (endpoint instanceof IndexingEndpoint indexer) {
            health.watchElasticsearch(registry, (IndexingComponent) indexer.getComponent());
        }
        CamelContext context = endpoint.getCamelContext();
        health.watchProcess(
                context,
                () -> stuck.get().or(() -> kafka.work().threads().gone(context, get(WadiSettings.HEALTH_STUCK_AFTER))),
                kafka.work()::mayTake);
    }

    /** Begins to check the topics as soon as a route uses Kafka, or takes events for it. */
    void endpointAdded(Endpoint endpoint) {
        if (endpoint instanceof KafkaEndpoint
                || endpoint instanceof StreamsEndpoint
                || features.useKafka(endpoint)
                || intake.owns(endpoint)) {
            HealthCheckRegistry registry = HealthCheckRegistry.get(endpoint.getCamelContext());
            if (registry != null) {
                registry.register(topicKeeper);
                registry.register(partitionHealth);
            }
            if (endpoint instanceof KafkaEndpoint) {
                EndpointTopics.of(endpoint).names().forEach(topicKeeper::uses);
            }
            features.topicsOf(endpoint).forEach(topicKeeper::uses);
            topicKeeper.start();
            health.watchKafka(registry, kafka, topics, topicsRead);
            features.checks().forEach((name, checks) -> health.watch(name, registry, checks));
            afterStart(lag::start);
        }
        watch(endpoint);
    }

    /** Looks that no record waits for are not taken while routes are being started, which is short of processors. */
    private synchronized void afterStart(Runnable look) {
        if (isStarted) {
            look.run();
        } else {
            afterStart.add(look);
        }
    }

    /** All routes are started. */
    synchronized void started() {
        isStarted = true;
        afterStart.forEach(Runnable::run);
        afterStart.clear();
    }

    @Override
    public void close() {
        List<String> notClosed = new ArrayList<>();
        Collections.reverse(toClose);
        for (AutoCloseable part : toClose) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("Not closed in order: {}", e.toString());
                notClosed.add(e.toString());
            }
        }
        toClose.clear();
        shutdown.conclude(notClosed);
    }
}
