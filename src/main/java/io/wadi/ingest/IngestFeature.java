package io.wadi.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.deduplication.DirectQueues;
import io.wadi.ingest.deduplication.InboxSender;
import io.wadi.ingest.http.IngestEngine;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.registry.SchemaRegistry;
import io.wadi.ingest.registry.SchemaRegistrySettings;
import io.wadi.ingest.send.EventCounts;
import io.wadi.ingest.send.EventReplay;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.client.SchemaHistory;
import io.wadi.kafka.deadletter.ReplayPolicy;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.TopicMonitor;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.HttpComponent;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.ConfigurationErrors;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.RouteHold;
import io.wadi.runtime.watch.Watcher;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ingest feature: the event endpoint with its access control, and the steps of its routes. */
public final class IngestFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(IngestFeature.class);

    private static final String SEND_EVENTS = "send-events";

    /** Maximum size of key, headers and framing of a record, in bytes. */
    private static final long HEADERS_BYTES = 64 << 10;

    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(IngestSettings.ALL.stream(), SchemaRegistrySettings.ALL.stream())
                .toList();
    }

    /**
     * Binds the steps without opening the port.
     *
     * @throws SettingsException with all errors in the settings and their files
     */
    @Override
    public void bind(FeatureContext context) {
        new Binding(context).bind();
    }

    private static final class Binding {
        private final FeatureContext context;
        private final Topics declared;
        private final MeterRegistry meters;
        private final IngestTopics topics;
        private final MemoryPlan memory;
        /** The buffer size of each producer in bytes. */
        private final Long producerBuffer;

        private final IngestEngine engine;

        Binding(FeatureContext context) {
            this.context = context;
            this.declared = context.topics();
            this.meters = context.meters();
            ConfigurationErrors errors = new ConfigurationErrors();
            Watcher reloads = context.closing(new Watcher("wadi-reload"));
            topics = errors.collect(() -> topics(reloads));
            IngestAdmission access = new IngestAdmission(context.settings(), declared, reloads, meters);
            memory = errors.collect(access::memory);
            producerBuffer = memory == null ? null : errors.collect(this::producerBuffer);
            Admission admission = memory == null ? null : errors.collect(access::admission);
            Optional<Supplier<SslContext>> tls = errors.collect(access::tls);
            engine = memory == null ? null : errors.collect(() -> engine(admission, tls));
            errors.throwIfAny();
        }

        /**
         * Returns the buffer size of each producer. The memory for unacknowledged records is divided among all
         * producers; topics with their own producer settings have their own producer.
         */
        private long producerBuffer() {
            String deadLetters = get(WadiSettings.DEAD_LETTERS_TOPIC);
            long own = declared.all().stream()
                    .filter(topic -> topic.ingest() != null || topic.name().equals(deadLetters))
                    .map(Topic::producer)
                    .filter(settings -> !settings.isEmpty())
                    .distinct()
                    .count();
            long each = memory.producer() / (1 + own);
            if (own > 0 && each < maxRecord()) {
                throw new SettingsException(
                        List.of(("topics.yaml: %d distinct producer settings leave each producer a buffer of %d bytes,"
                                        + " a share of %d: expected at least %d (%s and 64 KiB);"
                                        + " declare fewer, or increase the heap (-Xmx)")
                                .formatted(
                                        own, each, memory.producer(), maxRecord(), IngestSettings.MAX_EVENT.name())));
            }
            return each;
        }

        private long maxRecord() {
            return get(IngestSettings.MAX_EVENT) + HEADERS_BYTES;
        }

        private IngestTopics topics(Watcher reloads) {
            IngestTopics read = IngestTopics.read(
                    declared,
                    Path.of(get(WadiSettings.TOPICS_FILE)).toAbsolutePath().getParent(),
                    SchemaRegistry.of(context.settings()));
            read.registered().forEach(schema -> reloads.every(get(SchemaRegistrySettings.REFRESH_INTERVAL), schema));
            return read;
        }

        /** Returns whether an endpoint is served by the event endpoint. */
        private boolean owns(Endpoint endpoint) {
            return endpoint instanceof PlatformHttpEndpoint http
                    && http.getComponent().getEngine() == engine;
        }

        private RouteHold requests() {
            return new RouteHold() {
                @Override
                public boolean canHold(Endpoint input) {
                    return owns(input);
                }

                @Override
                public Held hold(Collection<Endpoint> inputs) {
                    return engine.hold(inputs.stream()
                            .filter(this::canHold)
                            .map(PlatformHttpEndpoint.class::cast)
                            .toList())::run;
                }

                @Override
                public String sendStep() {
                    return SEND_EVENTS;
                }
            };
        }

        private IngestEngine engine(Admission admission, Optional<Supplier<SslContext>> tls) {
            try {
                return new IngestEngine(
                        meters,
                        context.pipelineMetrics().traces(),
                        new IngestEngine.RequestPolicy(
                                admission,
                                get(IngestSettings.WEB_EVENTS_TOPIC),
                                get(IngestSettings.PIXEL_TOPIC),
                                context.kafka().routeControl()::mayTake),
                        new IngestEngine.Options(
                                get(WadiSettings.HTTP_HOST),
                                get(WadiSettings.HTTP_PORT).intValue(),
                                MemoryPlan.eventLoops(
                                        memory.heap(),
                                        get(IngestSettings.HTTP_EVENT_LOOPS).intValue(),
                                        Runtime.getRuntime().availableProcessors()),
                                get(IngestSettings.HTTP_ORIGINS),
                                recordHeaders(),
                                get(IngestSettings.HTTP_MAX_URI).intValue(),
                                get(IngestSettings.HTTP_MAX_HEADERS).intValue(),
                                new IngestEngine.Bodies(
                                        maxBody(),
                                        get(IngestSettings.HTTP_MAX_STREAM),
                                        get(IngestSettings.SEND_WINDOW)),
                                memory.connections(),
                                get(IngestSettings.HTTP_MAX_STREAMS).intValue(),
                                get(IngestSettings.HTTP_HEADERS_TIMEOUT),
                                get(IngestSettings.HTTP_IDLE_TIMEOUT),
                                get(IngestSettings.HTTP_MIN_BODY_RATE),
                                get(IngestSettings.MAX_EVENT_LOOP_DELAY),
                                tls));
            } catch (IllegalArgumentException e) {
                throw new SettingsException(List.of("wadi.http.origins: " + e.getMessage()));
            }
        }

        private List<String> recordHeaders() {
            return declared.all().stream()
                    .map(Topic::ingest)
                    .filter(Objects::nonNull)
                    .flatMap(ingest -> ingest.headers().stream())
                    .toList();
        }

        private void bind() {
            TopicProvisioner provisioner = context.topicProvisioner();
            provisioner.setProducer(this::promptProducer);
            provisioner.onReady(() -> topics.compareWith(new SchemaHistory(context.kafka(), SchemaHistory.TOPIC)));
            HttpComponent http = new HttpComponent();
            http.setEngine(engine);
            context.bind("platform-http", http);
            context.usesKafka(this::owns);
            context.bindBean("ingest-topics", topics);
            context.bindBean("held-requests", requests());
            context.bindBean("event-replay", (ReplayPolicy) () -> new EventReplay(topics));
            context.bind("select-event", new ReadSelectEvent(Clock.system(ZoneId.systemDefault())));
            context.bind("answer-receipt", new AnswerReceipt());
            context.bind("read-events", new ReadEvents(topics, limits(get(IngestSettings.HTTP_MAX_STREAM)), maxBody()));
            context.bind(
                    SEND_EVENTS,
                    new SendEvents(
                            topics,
                            provisioner,
                            context.deadLetters(),
                            () -> {
                                LOG.info("Event endpoint: memory plan for clients: {}", memory);
                                return promptProducer();
                            },
                            context.closing(new InboxSender(
                                    declared,
                                    context.kafka()::readerProperties,
                                    context.kafka()::adminProperties,
                                    context.provided(DirectQueues.class),
                                    get(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT),
                                    meters,
                                    System::nanoTime)),
                            get(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT).toMillis(),
                            new SendEvents.Limits(
                                    get(IngestSettings.MAX_EVENT).intValue(),
                                    get(IngestSettings.MAX_REJECTED).intValue(),
                                    get(IngestSettings.MAX_TIMESTAMP_AHEAD)),
                            new EventCounts(meters, context.pipelineMetrics())));
            context.bind("answer-receipts", new AnswerReceipts());
            bindDocuments();
            bindPixel();
            warnOfUnusedSelect();
            bindRest(provisioner, context.closing(new TopicMonitor(context.kafka()::adminProperties)));
        }

        /** Binds the steps of {@code routes/kafka-rest.camel.yaml}. */
        private void bindRest(TopicProvisioner provisioner, TopicMonitor monitor) {
            context.bind("rest-topic", new FindRestTopic(declared));
            context.bind("read-records", new ReadRecords(limits(maxBody())));
            context.bind("answer-records", new AnswerRecords(provisioner::partitions));
            context.bind("list-topics", new ListTopics(declared));
            context.bind("describe-topic", DescribeTopic.whole(monitor));
            context.bind("describe-partitions", DescribeTopic.partitions(monitor));
            context.bind("describe-partition", DescribeTopic.partition(monitor));
            context.bind("describe-offsets", DescribeTopic.offsets(monitor));
        }

        /** Warns of topics that are open over {@code select}, although they are not the topic of its events. */
        private void warnOfUnusedSelect() {
            String topic = get(IngestSettings.WEB_EVENTS_TOPIC);
            List<String> unused = declared.all().stream()
                    .filter(each -> each.accepts(Topic.EventEndpoint.SELECT))
                    .map(Topic::name)
                    .filter(name -> !name.equals(topic))
                    .toList();
            if (!unused.isEmpty()) {
                LOG.warn(
                        "topics.yaml: {}: ingest is open over select, but GET /api/select sends its events to {} ({})",
                        String.join(", ", unused),
                        topic,
                        IngestSettings.WEB_EVENTS_TOPIC.name());
            }
        }

        /** Binds the steps of {@code routes/pixel.camel.yaml}. */
        private void bindPixel() {
            context.bind("read-pixel", new ReadPixel(Clock.system(ZoneId.systemDefault())));
            context.bind("answer-pixel", new AnswerPixel());
        }

        /** Binds the resources of {@code routes/documents.camel.yaml}. */
        private void bindDocuments() {
            context.bind(
                    "wadi-js",
                    new StaticResource(
                            "/io/wadi/ingest/wadi.js", "text/javascript; charset=utf-8", "public, max-age=3600"));
            context.bind("openapi", new StaticResource("/io/wadi/ingest/openapi.json", "application/json", "no-cache"));
        }

        private long maxBody() {
            return memory.maxBody(get(IngestSettings.HTTP_MAX_BODY), get(IngestSettings.MAX_EVENT));
        }

        private BodyLimits limits(long maxBody) {
            return new BodyLimits(
                    maxBody,
                    get(IngestSettings.HTTP_MAX_COMPRESSION_RATIO).intValue(),
                    get(IngestSettings.MAX_EVENT).intValue(),
                    get(IngestSettings.MAX_EVENTS));
        }

        /** Returns a non-blocking producer with the acknowledgment timeout of ingest; the caller closes it. */
        private Producer<Object, Object> promptProducer() {
            return context.kafka()
                    .nonBlockingProducer(
                            get(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT).toMillis(), producerBuffer, maxRecord());
        }

        private <T> T get(Setting<T> setting) {
            return context.get(setting);
        }
    }
}
