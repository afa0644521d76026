package io.wadi.runtime;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.VertxInternal;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.kafka.Causes;
import io.wadi.kafka.Handover;
import io.wadi.kafka.client.GroupProtocol;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.RecordCompletion;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.ConfigurationErrors;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.health.SteadyClock;
import io.wadi.runtime.health.StepErrors;
import io.wadi.runtime.shutdown.OrderlyShutdown;
import io.wadi.runtime.shutdown.StopOptions;
import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.JvmMeters;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.RouteMeters;
import io.wadi.runtime.telemetry.TraceExport;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.function.ThrowingRunnable;

/**
 * The clients, registries and lifecycle that all features share, created from the settings. Binding a feature opens no
 * connection and starts no thread; both happen when a route that needs them is started.
 */
public final class PipelineContext implements FeatureContext {
    private final ModelCamelContext camel;
    private final Settings settings;
    private final PipelineMetrics pipelineMetrics;
    private final MeterRegistry exposed;
    /** The registry of Wadi's own meters: the exposed one, or one without effect if metrics are disabled. */
    private final MeterRegistry meters;

    private final HealthThresholds healthThresholds;
    private final KafkaClients kafka;
    private final DeadLetterSender deadLetters;
    private final Topics topics;
    private final TopicProvisioner topicProvisioner;
    private final HdfsConnection hdfs;
    private final EventLoops eventLoops = new EventLoops();
    private final Lock routeChanges = new ReentrantLock();
    private final Resources resources = new Resources();
    private final AfterStart afterStart = new AfterStart();
    private final List<ThrowingRunnable<InterruptedException>> beforeStop = new ArrayList<>();
    private final EndpointChecks endpointChecks;
    private final OrderlyShutdown shutdown;

    private PipelineContext(ModelCamelContext camel, Settings settings) {
        this.camel = camel;
        this.settings = settings;
        healthThresholds = new HealthThresholds(
                get(WadiSettings.HEALTH_DOWN_AFTER),
                get(WadiSettings.HEALTH_UP_AFTER),
                get(WadiSettings.HEALTH_PROBE_INTERVAL),
                get(WadiSettings.HEALTH_PROBE_TIMEOUT));
        TraceExport spans = TraceExport.of(settings);
        Traces traces = spans == null ? Traces.off() : closing(spans).traces();
        pipelineMetrics = get(WadiSettings.TELEMETRY_ENABLED)
                ? PipelineMetrics.withLimit(
                        get(WadiSettings.TELEMETRY_MAX_PARTITIONS).intValue(), Clock.systemUTC(), traces)
                : PipelineMetrics.off();
        exposed = new ExposedRegistry(pipelineMetrics);
        closing(new JvmMeters(exposed));
        FunctionCounter.builder("wadi.process.restarts", settings, now -> (double) now.get(WadiSettings.RESTART_COUNT))
                .description("Restarts of the process after unexpected ends")
                .register(exposed);
        meters = pipelineMetrics.isOn() ? exposed : new CompositeMeterRegistry();
        PartitionStates partitions = new PartitionStates(meters, SteadyClock.instance(), healthThresholds);
        kafka = new KafkaClients(
                get(WadiSettings.KAFKA_BROKERS),
                GroupProtocol.of(get(WadiSettings.KAFKA_GROUP_PROTOCOL)),
                partitions,
                pipelineMetrics);
        deadLetters =
                closing(new DeadLetterSender(get(WadiSettings.DEAD_LETTERS_TOPIC), kafka::backgroundProducer, meters));
        ConfigurationErrors mistakes = new ConfigurationErrors();
        topics = Objects.requireNonNullElse(mistakes.collect(this::declaredTopics), Topics.NONE);
        kafka.setTopicProducers(topics::producers);
        hdfs = mistakes.collect(() -> closing(new HdfsConnection(HdfsOptions.of(settings))));
        topicProvisioner = new TopicProvisioner(
                get(WadiSettings.KAFKA_BROKERS),
                topics,
                Set.of(deadLetters.topic()),
                kafka::adminProperties,
                kafka::backgroundProducer);
        topicProvisioner.onOldBroker(this::failStart);
        endpointChecks = closing(new EndpointChecks(this, partitions, eventLoops, afterStart));
        closing(topicProvisioner);
        shutdown = new OrderlyShutdown(
                camel,
                new StopOptions(
                        get(WadiSettings.STOP_DELAY),
                        get(WadiSettings.STOP_PHASE_TIMEOUT),
                        get(WadiSettings.STOP_TIMEOUT)),
                partitions.inFlight());
        try {
            bindShared();
            Features.all().forEach(feature -> mistakes.collect(() -> bind(feature)));
            mistakes.throwIfAny();
        } catch (RuntimeException e) {
            // The context does not stop a pipeline that was not bound.
            resources.close();
            throw e;
        }
    }

    /**
     * Reads the declared topics and binds all features.
     *
     * @throws SettingsException if the features' settings or topics.yaml have errors; the exception contains all of
     *     them
     */
    public static PipelineContext bind(CamelContext context, Settings settings) {
        return new PipelineContext((ModelCamelContext) context, settings);
    }

    private void failStart(String reason) {
        FailedStart failed = camel.getRegistry().findSingleByType(FailedStart.class);
        if (failed != null) {
            failed.end(new NotStartedException(
                    ExitCode.CONFIGURATION,
                    "%s=%s: %s".formatted(WadiSettings.KAFKA_BROKERS.name(), get(WadiSettings.KAFKA_BROKERS), reason)));
        }
    }

    private Topics declaredTopics() {
        Topics declared = Topics.read(get(WadiSettings.TOPICS_FILE));
        String deadLetters = get(WadiSettings.DEAD_LETTERS_TOPIC);
        if (declared.find(deadLetters).filter(topic -> !topic.receipts()).isPresent()) {
            throw new SettingsException(List.of(
                    "topics.yaml: %s: receipts is none, expected durable, since this is the dead-letter topic (%s)"
                            .formatted(deadLetters, WadiSettings.DEAD_LETTERS_TOPIC.name())));
        }
        return declared;
    }

    private void bindShared() {
        Registry registry = camel.getRegistry();
        registry.bind("wadi-settings", settings);
        registry.bind("wadi-topics", topics);
        if (hdfs != null) {
            registry.bind("wadi-hdfs", hdfs);
        }
        registry.bind("vertx", Vertx.class, (Supplier<Object>) this::vertx);
        registry.bind("kafka", Component.class, kafka.component());
        registry.bind("kafka-clients", kafka);
        registry.bind("record-batches", kafka.factory(Handover.BATCHES));
        registry.bind("dead-letters", deadLetters);
        registry.bind(MicrometerConstants.METRICS_REGISTRY_NAME, exposed);
        camel.addRoutePolicyFactory(new RecordCompletion());
        camel.getCamelContextExtension().addInterceptStrategy(new StepErrors());
        if (pipelineMetrics.isOn()) {
            camel.addRoutePolicyFactory(new RouteMeters(meters));
        }
        camel.setShutdownStrategy(shutdown);
        registry.bind("wadi-shutdown", shutdown);
    }

    private Feature bind(Feature feature) {
        try {
            feature.bind(this);
            return feature;
        } catch (SettingsException e) {
            throw Features.isShipped(feature)
                    ? e
                    : new SettingsException(e.mistakes().stream()
                            .map(mistake -> mistake + " (feature " + Features.describe(feature) + ")")
                            .toList());
        } catch (RuntimeException | LinkageError e) {
            throw new SettingsException(List.of(
                    "The feature %s cannot be bound: %s".formatted(Features.describe(feature), Causes.inShort(e))));
        }
    }

    /**
     * Creates Vert.x when the first HTTP server is started. It serves no files, so it needs no cache directory. TLS
     * handshakes run on its internal pool. The pool is smaller than the default of 20 threads, so that handshakes of
     * unauthenticated clients do not use the CPU time of the event loops.
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

    /** Starts the health checks that a new endpoint needs. */
    public void endpointAdded(Endpoint endpoint) {
        endpointChecks.added(endpoint);
    }

    /** Runs the actions that were deferred until all routes are started. */
    public void started() {
        afterStart.started();
    }

    /** Runs the actions that precede the stop of routes, such as the end of hot reload and of the connector API. */
    public void stopping() {
        try {
            for (ThrowingRunnable<InterruptedException> each : beforeStop) {
                each.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all resources after the routes are stopped. */
    public void stopped() {
        shutdown.conclude(resources.close());
    }

    @Override
    public ModelCamelContext camel() {
        return camel;
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public KafkaClients kafka() {
        return kafka;
    }

    @Override
    public Topics topics() {
        return topics;
    }

    @Override
    public TopicProvisioner topicProvisioner() {
        return topicProvisioner;
    }

    @Override
    public DeadLetterSender deadLetters() {
        return deadLetters;
    }

    @Override
    public HdfsConnection hdfs() {
        return hdfs;
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    @Override
    public PipelineMetrics pipelineMetrics() {
        return pipelineMetrics;
    }

    @Override
    public HealthThresholds healthThresholds() {
        return healthThresholds;
    }

    @Override
    public Lock routeChanges() {
        return routeChanges;
    }

    @Override
    public <C extends AutoCloseable> C closing(C resource) {
        return resources.add(resource);
    }

    @Override
    public void afterStartWithKafka(Runnable action) {
        endpointChecks.afterStartWithKafka(action);
    }

    @Override
    public void beforeStop(ThrowingRunnable<InterruptedException> action) {
        beforeStop.add(action);
    }

    @Override
    public void usesKafka(Predicate<Endpoint> endpoints) {
        endpointChecks.usesKafka(endpoints, any -> List.of());
    }

    @Override
    public <E extends Endpoint> void usesKafka(Class<E> type, Function<E, Collection<String>> topicsOfOne) {
        endpointChecks.usesKafka(type::isInstance, endpoint -> topicsOfOne.apply(type.cast(endpoint)));
    }

    @Override
    public void checkWithKafka(String name, Supplier<List<ServerCheck>> checks) {
        endpointChecks.checkWithKafka(name, checks);
    }

    @Override
    public void checkWith(
            Class<? extends Endpoint> type, String name, boolean immediately, Supplier<List<ServerCheck>> checks) {
        endpointChecks.checkWith(type, name, immediately, checks);
    }
}
