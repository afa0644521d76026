package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.AnswerPixel;
import io.wadi.ingest.AnswerReceipts;
import io.wadi.ingest.AnswerRecords;
import io.wadi.ingest.DescribeTopic;
import io.wadi.ingest.Document;
import io.wadi.ingest.EventCounts;
import io.wadi.ingest.FindRestTopic;
import io.wadi.ingest.IntakeTopics;
import io.wadi.ingest.ListTopics;
import io.wadi.ingest.ReadEvents;
import io.wadi.ingest.ReadPixel;
import io.wadi.ingest.ReadRecords;
import io.wadi.ingest.Receipt;
import io.wadi.ingest.SelectEvent;
import io.wadi.ingest.SendEvents;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.MemoryPlan;
import io.wadi.ingest.admission.Reloads;
import io.wadi.ingest.http.IntakeEngine;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.registry.SchemaRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.topics.TopicKeeper;
import io.wadi.kafka.topics.TopicLook;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.Gate;
import io.wadi.runtime.telemetry.Figures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.spi.Registry;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts intake together from its settings: the events port, who may come in, and the steps of its routes. */
final class IntakeParts {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeParts.class);

    /** The step after which what a request brings stands in Kafka. */
    static final String SEND_EVENTS = "send-events";

    /** What key, headers and frame of a record may take beyond its event. */
    private static final long HEADERS_BYTES = 64 << 10;

    private final Settings settings;
    private final KafkaClients kafka;
    private final Topics declared;
    private final MeterRegistry meters;
    private final Figures figures;
    private final IntakeTopics topics;
    private final MemoryPlan memory;
    private final IntakeEngine eventsPort;

    /** Opens nothing; what is wrong with the settings is added to the mistakes. */
    IntakeParts(
            Settings settings,
            KafkaClients kafka,
            Topics declared,
            MeterRegistry meters,
            Figures figures,
            Reloads reloads,
            Mistakes mistakes) {
        this.settings = settings;
        this.kafka = kafka;
        this.declared = declared;
        this.meters = meters;
        this.figures = figures;
        topics = mistakes.gather(() -> topics(reloads));
        AdmissionParts door = new AdmissionParts(settings, declared, reloads, meters);
        memory = mistakes.gather(() -> memory(door));
        Admission admission = memory == null ? null : mistakes.gather(door::admission);
        Optional<Supplier<SslContext>> tls = mistakes.gather(door::tls);
        eventsPort = memory == null ? null : mistakes.gather(() -> eventsPort(admission, tls));
    }

    private static MemoryPlan memory(AdmissionParts door) {
        try {
            return door.memory();
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    private IntakeTopics topics(Reloads reloads) {
        IntakeTopics read = IntakeTopics.read(
                declared,
                Path.of(get(WadiSettings.TOPICS_FILE)).toAbsolutePath().getParent(),
                registry());
        read.registered().forEach(each -> reloads.every(get(WadiSettings.SCHEMA_REGISTRY_REFRESH_EVERY), each));
        return read;
    }

    private Optional<SchemaRegistry> registry() {
        String url = get(WadiSettings.SCHEMA_REGISTRY_URL);
        try {
            SchemaRegistry.Options options = new SchemaRegistry.Options(
                    url,
                    get(WadiSettings.SCHEMA_REGISTRY_USER),
                    get(WadiSettings.SCHEMA_REGISTRY_PASSWORD),
                    get(WadiSettings.SCHEMA_REGISTRY_CA_FILE));
            return url.isEmpty() ? Optional.empty() : Optional.of(new SchemaRegistry(options));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    /** What intake knows of each topic. */
    IntakeTopics topics() {
        return topics;
    }

    /** Whether it is an endpoint of the events port. */
    boolean owns(Endpoint endpoint) {
        return endpoint instanceof PlatformHttpEndpoint http
                && http.getComponent().getEngine() == eventsPort;
    }

    /** Has the requests for those of these endpoints wait that are of the events port. */
    Gate.Hold hold(Collection<Endpoint> endpoints) {
        return eventsPort.hold(endpoints.stream()
                .filter(this::owns)
                .map(PlatformHttpEndpoint.class::cast)
                .toList())::run;
    }

    private IntakeEngine eventsPort(Admission admission, Optional<Supplier<SslContext>> tls) {
        try {
            return new IntakeEngine(
                    meters,
                    figures.traces(),
                    new IntakeEngine.Door(
                            admission,
                            get(WadiSettings.WEB_EVENTS_TOPIC),
                            get(WadiSettings.PIXEL_TOPIC),
                            kafka.work()::mayTake),
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
                            memory.connections(),
                            get(WadiSettings.HTTP_MAX_STREAMS).intValue(),
                            get(WadiSettings.HTTP_HEADERS_WITHIN),
                            get(WadiSettings.HTTP_IDLE),
                            get(WadiSettings.HTTP_BODY_RATE),
                            get(WadiSettings.INTAKE_MAX_WAIT),
                            tls));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of("wadi.http.origins: " + e.getMessage()));
        }
    }

    /**
     * Binds the component and the steps that intake's routes name.
     *
     * @param look to be closed by the caller
     */
    void bind(Registry registry, TopicKeeper keeper, TopicLook look, DeadLetters deadLetters) {
        HttpComponent http = new HttpComponent();
        http.setEngine(eventsPort);
        registry.bind("platform-http", Component.class, http);
        registry.bind("intake-topics", topics);
        bind(registry, "select-event", new SelectEvent(Clock.system(ZoneId.systemDefault())));
        bind(registry, "answer-receipt", new Receipt());
        bind(
                registry,
                "read-events",
                new ReadEvents(topics, limits(WadiSettings.HTTP_MAX_STREAM), get(WadiSettings.HTTP_MAX_BODY)));
        bind(
                registry,
                SEND_EVENTS,
                new SendEvents(
                        topics,
                        keeper,
                        deadLetters,
                        () -> {
                            LOG.info("Memory that clients of the events port can take {}", memory);
                            return promptProducer();
                        },
                        get(WadiSettings.INTAKE_ACKNOWLEDGE_WITHIN_MS),
                        get(WadiSettings.INTAKE_MAX_EVENT).intValue(),
                        get(WadiSettings.INTAKE_MAX_REJECTED).intValue(),
                        new EventCounts(meters, figures)));
        bind(registry, "answer-receipts", new AnswerReceipts());
        bindDocuments(registry);
        bindPixel(registry);
        bindRest(registry, keeper, look);
    }

    /** The steps of {@code routes/kafka-rest.camel.yaml}. */
    private void bindRest(Registry registry, TopicKeeper keeper, TopicLook look) {
        bind(registry, "rest-topic", new FindRestTopic(declared));
        bind(registry, "read-records", new ReadRecords(limits(WadiSettings.HTTP_MAX_BODY)));
        bind(registry, "answer-records", new AnswerRecords(keeper::partitions));
        bind(registry, "list-topics", new ListTopics(declared));
        bind(registry, "describe-topic", DescribeTopic.whole(look));
        bind(registry, "describe-partitions", DescribeTopic.partitions(look));
        bind(registry, "describe-partition", DescribeTopic.partition(look));
        bind(registry, "describe-offsets", DescribeTopic.offsets(look));
    }

    /** The steps of {@code routes/pixel.camel.yaml}. */
    private static void bindPixel(Registry registry) {
        bind(registry, "read-pixel", new ReadPixel(Clock.system(ZoneId.systemDefault())));
        bind(registry, "answer-pixel", new AnswerPixel());
    }

    /** The documents of {@code routes/documents.camel.yaml}. */
    private static void bindDocuments(Registry registry) {
        bind(
                registry,
                "wadi-js",
                new Document("/io/wadi/ingest/wadi.js", "text/javascript; charset=utf-8", "public, max-age=3600"));
        bind(registry, "openapi", new Document("/io/wadi/ingest/openapi.json", "application/json", "no-cache"));
    }

    private static void bind(Registry registry, String name, Processor step) {
        registry.bind(name, Processor.class, step);
    }

    private BodyLimits limits(Setting<Long> maxBody) {
        return new BodyLimits(
                get(maxBody),
                get(WadiSettings.HTTP_MAX_RATIO).intValue(),
                get(WadiSettings.INTAKE_MAX_EVENT).intValue(),
                get(WadiSettings.INTAKE_MAX_EVENTS));
    }

    /** A producer for clients that wait for the answer. To be closed. */
    Producer<Object, Object> promptProducer() {
        return kafka.promptProducer(
                get(WadiSettings.INTAKE_ACKNOWLEDGE_WITHIN_MS),
                memory.producer(),
                get(WadiSettings.INTAKE_MAX_EVENT) + HEADERS_BYTES);
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
