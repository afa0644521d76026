package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.wadi.config.Setting;
import io.wadi.config.Settings;
import io.wadi.config.SettingsException;
import io.wadi.config.Version;
import io.wadi.config.WadiSettings;
import io.wadi.indexing.IndexedDocuments;
import io.wadi.ingest.AnswerReceipts;
import io.wadi.ingest.IntakeTopics;
import io.wadi.ingest.ReadEvents;
import io.wadi.ingest.Receipt;
import io.wadi.ingest.SelectEvent;
import io.wadi.ingest.SendEvents;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Reloads;
import io.wadi.ingest.http.IntakeEngine;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.kafka.DeadLetters;
import io.wadi.kafka.EndOfRecord;
import io.wadi.kafka.Handover;
import io.wadi.kafka.KafkaClients;
import io.wadi.kafka.PartitionHealth;
import io.wadi.kafka.PartitionStates;
import io.wadi.kafka.SchemaHistory;
import io.wadi.kafka.TopicKeeper;
import io.wadi.kafka.TopicLook;
import io.wadi.kafka.Topics;
import io.wadi.landing.LandedFiles;
import io.wadi.landing.LandingComponent;
import io.wadi.landing.hdfs.HdfsConnection;
import io.wadi.landing.hdfs.HdfsOptions;
import io.wadi.metrics.HostMetrics;
import io.wadi.metrics.MetricAlert;
import io.wadi.metrics.MetricDocumentReader;
import io.wadi.metrics.notify.ActiveAlertsEndpoint;
import io.wadi.metrics.prometheus.PrometheusScrape;
import io.wadi.metrics.prometheus.PrometheusTarget;
import io.wadi.metrics.prometheus.PrometheusTargets;
import io.wadi.ops.About;
import io.wadi.ops.Follow;
import io.wadi.ops.ManagementEngine;
import io.wadi.ops.OpsRoutes;
import io.wadi.streams.StreamsComponent;
import io.wadi.streams.StreamsEndpoint;
import io.wadi.streams.StreamsFlow;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.IOHelper;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of Wadi and the names that routes use them by: the one place where they are put together. */
final class WadiParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WadiParts.class);

    /** What batches that are not full take in the producer's buffer beyond their events. */
    private static final long BATCHES_BYTES = 32 << 20;
    /** What key, headers and frame of a record may take beyond its event. */
    private static final long HEADERS_BYTES = 64 << 10;

    private final Settings settings;
    private final MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final KafkaClients kafka;
    private final DeadLetters deadLetters;
    private final Topics topics;
    private final IntakeTopics intakeTopics;
    private final PartitionHealth partitionHealth;
    private final TopicKeeper topicKeeper;
    private final IntakeEngine eventsPort;
    private final HdfsConnection hdfs;
    private final IndexingParts indexing;
    private final List<PrometheusTarget> prometheusTargets;
    private final AlertParts alerts;
    private final NotifyParts notify;
    private final List<AutoCloseable> toClose = new ArrayList<>();

    private WadiParts(Settings settings) {
        this.settings = settings;
        PartitionStates partitions = new PartitionStates(meters, Clock.systemUTC());
        kafka = new KafkaClients(get(WadiSettings.KAFKA_BROKERS), partitions);
        deadLetters = closing(new DeadLetters(get(WadiSettings.DEAD_LETTERS_TOPIC), kafka::patientProducer));
        Mistakes mistakes = new Mistakes();
        Topics declared = mistakes.gather(() -> Topics.read(get(WadiSettings.TOPICS_FILE)));
        topics = Objects.requireNonNullElse(declared, Topics.NONE);
        intakeTopics = mistakes.gather(() -> IntakeTopics.read(
                topics, Path.of(get(WadiSettings.TOPICS_FILE)).toAbsolutePath().getParent()));
        AdmissionParts door = new AdmissionParts(settings, topics, closing(new Reloads()), meters);
        Admission admission = mistakes.gather(door::admission);
        Optional<Supplier<SslContext>> tls = mistakes.gather(door::tls);
        eventsPort = mistakes.gather(() -> eventsPort(admission, tls));
        hdfs = mistakes.gather(this::hdfs);
        indexing = mistakes.gather(() -> new IndexingParts(settings));
        prometheusTargets = mistakes.gather(() ->
                PrometheusTarget.parse(WadiSettings.PROMETHEUS_TARGETS.name(), get(WadiSettings.PROMETHEUS_TARGETS)));
        alerts = mistakes.gather(() -> new AlertParts(settings, topics, meters));
        notify = mistakes.gather(() -> new NotifyParts(settings, kafka, meters));
        mistakes.throwIfAny();
        partitionHealth = new PartitionHealth(partitions);
        topicKeeper = closing(new TopicKeeper(
                topics,
                Set.of(deadLetters.topic()),
                kafka::adminProperties,
                this::promptProducer,
                () -> intakeTopics.compareWith(new SchemaHistory(kafka))));
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

    private IntakeEngine eventsPort(Admission admission, Optional<Supplier<SslContext>> tls) {
        try {
            return new IntakeEngine(
                    meters,
                    new IntakeEngine.Door(admission, get(WadiSettings.WEB_EVENTS_TOPIC), get(WadiSettings.PIXEL_TOPIC)),
                    new IntakeEngine.Options(
                            get(WadiSettings.HTTP_HOST),
                            get(WadiSettings.HTTP_PORT).intValue(),
                            get(WadiSettings.HTTP_LOOPS).intValue(),
                            get(WadiSettings.HTTP_ORIGINS),
                            get(WadiSettings.HTTP_MAX_URI).intValue(),
                            get(WadiSettings.HTTP_MAX_HEADERS).intValue(),
                            new IntakeEngine.Bodies(
                                    get(WadiSettings.HTTP_MAX_BODY),
                                    get(WadiSettings.HTTP_MAX_STREAM),
                                    get(WadiSettings.INTAKE_WINDOW)),
                            get(WadiSettings.HTTP_MAX_CONNECTIONS).intValue(),
                            get(WadiSettings.HTTP_MAX_STREAMS).intValue(),
                            get(WadiSettings.HTTP_HEADERS_WITHIN),
                            get(WadiSettings.HTTP_IDLE),
                            get(WadiSettings.HTTP_BODY_RATE),
                            tls));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of("wadi.http.origins: " + e.getMessage()));
        }
    }

    /**
     * Reads the settings and the topics and binds all beans and components; opens nothing yet.
     *
     * @throws SettingsException with all mistakes in the settings, or in topics.yaml
     */
    static WadiParts bind(CamelContext context) {
        WadiParts parts = new WadiParts(readSettings((PropertiesComponent) context.getPropertiesComponent()));
        Registry registry = context.getRegistry();
        registry.bind("wadi-settings", parts.settings);
        registry.bind("wadi-hdfs", parts.hdfs);
        registry.bind("wadi-topics", parts.topics);
        parts.bindShared(context);
        parts.bindIntake(registry);
        parts.bindLanding(registry);
        parts.indexing.bind(registry, parts.deadLetters, parts.meters);
        parts.bindMetrics(registry);
        parts.bindPrometheus(registry);
        parts.bindStreams(registry);
        parts.notify.bind(registry);
        parts.bindOps(registry);
        return parts;
    }

    private static Settings readSettings(PropertiesComponent properties) {
        properties.addPropertiesSource(new DefaultProperties(properties));
        // Camel resolves single properties only once its type converters are there, which is after the plugins are
        // loaded.
        Properties given = properties.loadProperties(name -> name.startsWith("wadi."));
        List<String> present = new ArrayList<>(given.stringPropertyNames());
        present.addAll(System.getProperties().stringPropertyNames());
        return Settings.read(WadiSettings.ALL, name -> lookup(name, given), present);
    }

    /** Environment, then system properties, then the rest: the order in which Camel resolves a placeholder in a route. */
    private static Optional<String> lookup(String name, Properties given) {
        return Optional.ofNullable(IOHelper.lookupEnvironmentVariable(name))
                .or(() -> Optional.ofNullable(System.getProperty(name)))
                .or(() -> Optional.ofNullable(given.getProperty(name)));
    }

    private void bindShared(CamelContext context) {
        Registry registry = context.getRegistry();
        registry.bind("vertx", Vertx.class, (Supplier<Object>) this::vertx);
        registry.bind("kafka", Component.class, kafka.component());
        registry.bind("kafka-clients", kafka);
        registry.bind("runs", kafka.factory(Handover.RUNS));
        registry.bind("dead-letters", deadLetters);
        registry.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
        context.addRoutePolicyFactory(new EndOfRecord());
        context.addRoutePolicyFactory(new FlowMeters(meters));
    }

    /** Made when a server asks for it; a context without a port needs none. It serves no files, so it needs no directory for copies. */
    private Vertx vertx() {
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setFileSystemOptions(new FileSystemOptions().setClassPathResolvingEnabled(false)));
        closing(() -> vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
        return vertx;
    }

    private void bindIntake(Registry registry) {
        PlatformHttpComponent http = new PlatformHttpComponent();
        http.setEngine(eventsPort);
        registry.bind("platform-http", Component.class, http);
        registry.bind("select-event", Processor.class, new SelectEvent(Clock.system(ZoneId.systemDefault())));
        registry.bind("answer-receipt", Processor.class, new Receipt());
        registry.bind(
                "read-events",
                Processor.class,
                new ReadEvents(intakeTopics, limits(WadiSettings.HTTP_MAX_STREAM), get(WadiSettings.HTTP_MAX_BODY)));
        registry.bind(
                "send-events",
                Processor.class,
                new SendEvents(
                        intakeTopics,
                        topicKeeper,
                        deadLetters,
                        this::promptProducer,
                        get(WadiSettings.INTAKE_ACKNOWLEDGE_WITHIN_MS),
                        get(WadiSettings.INTAKE_MAX_EVENT).intValue()));
        registry.bind("answer-receipts", Processor.class, new AnswerReceipts());
        IntakeParts intake = new IntakeParts(registry);
        intake.bindDocuments();
        intake.bindPixel(Clock.system(ZoneId.systemDefault()));
        intake.bindRest(
                topics,
                topicKeeper,
                closing(new TopicLook(kafka::adminProperties)),
                limits(WadiSettings.HTTP_MAX_BODY));
    }

    private BodyLimits limits(Setting<Long> maxBody) {
        return new BodyLimits(
                get(maxBody),
                get(WadiSettings.HTTP_MAX_RATIO).intValue(),
                get(WadiSettings.INTAKE_MAX_EVENT).intValue(),
                get(WadiSettings.INTAKE_MAX_EVENTS));
    }

    private Producer<Object, Object> promptProducer() {
        return kafka.promptProducer(
                get(WadiSettings.INTAKE_ACKNOWLEDGE_WITHIN_MS),
                get(WadiSettings.INTAKE_IN_FLIGHT_BYTES) + BATCHES_BYTES,
                get(WadiSettings.INTAKE_MAX_EVENT) + HEADERS_BYTES);
    }

    private void bindLanding(Registry registry) {
        LandingComponent landing = new LandingComponent();
        landing.setHdfs(hdfs);
        registry.bind("landing", Component.class, landing);
    }

    private void bindMetrics(Registry registry) {
        registry.bind("metric-document", Processor.class, new MetricDocumentReader());
        registry.bind("metric-alert", Processor.class, new MetricAlert());
        registry.bind(
                "host-metrics",
                Processor.class,
                new HostMetrics(Clock.systemUTC(), get(WadiSettings.HOST_METRICS_METRICSETS)));
    }

    private void bindPrometheus(Registry registry) {
        registry.bind("prometheus-targets", Processor.class, new PrometheusTargets(prometheusTargets));
        registry.bind(
                "prometheus-scrape",
                Processor.class,
                new PrometheusScrape(
                        Clock.systemUTC(),
                        get(WadiSettings.PROMETHEUS_TIMEOUT),
                        get(WadiSettings.PROMETHEUS_MAX_BODY),
                        meters));
    }

    private void bindStreams(Registry registry) {
        Map<String, StreamsFlow> flows = Map.of("alerts", alerts.flow(kafka, deadLetters));
        registry.bind(
                "streams",
                Component.class,
                new StreamsComponent(kafka, flows, get(WadiSettings.STREAMS_STATE_DIRECTORY)));
    }

    private void bindOps(Registry registry) {
        PlatformHttpComponent management = new PlatformHttpComponent();
        management.setEngine(
                new ManagementEngine(get(WadiSettings.MANAGEMENT_PORT).intValue()));
        registry.bind("management", Component.class, management);
        LandedFiles landed = new LandedFiles(hdfs, get(WadiSettings.HDFS_WEB), get(WadiSettings.LANDING_DIRECTORY));
        IndexedDocuments indexed = closing(indexing.documents());
        registry.bind(
                "ops-routes",
                RoutesBuilder.class,
                new OpsRoutes(
                        about(),
                        new Follow(landed::find, indexed::find),
                        get(WadiSettings.HTTP_PORT).intValue()));
    }

    private About about() {
        return new About(
                Version.CURRENT,
                (get(WadiSettings.HTTP_TLS_CERTIFICATE).isEmpty() ? "http" : "https") + "://localhost:"
                        + get(WadiSettings.HTTP_PORT),
                get(WadiSettings.KAFKA_BROKERS),
                get(WadiSettings.HDFS_URI),
                get(WadiSettings.HDFS_WEB),
                indexing.url(),
                get(WadiSettings.LANDING_ROLL_EVERY).toString());
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    private <C extends AutoCloseable> C closing(C part) {
        toClose.add(part);
        return part;
    }

    /** Begins to check the topics as soon as a route uses Kafka, or takes events for it. */
    void endpointAdded(Endpoint endpoint) {
        if (endpoint instanceof KafkaEndpoint
                || endpoint instanceof StreamsEndpoint
                || endpoint instanceof ActiveAlertsEndpoint
                || isIntake(endpoint)) {
            HealthCheckRegistry health = HealthCheckRegistry.get(endpoint.getCamelContext());
            if (health != null) {
                health.register(topicKeeper);
                health.register(partitionHealth);
            }
            topicKeeper.start();
        }
    }

    private boolean isIntake(Endpoint endpoint) {
        return endpoint instanceof PlatformHttpEndpoint http
                && http.getComponent().getEngine() == eventsPort;
    }

    @Override
    public void close() {
        Collections.reverse(toClose);
        for (AutoCloseable part : toClose) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("Not closed in order: {}", e.toString());
            }
        }
        toClose.clear();
    }
}
