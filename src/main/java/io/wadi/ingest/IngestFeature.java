package io.wadi.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admission;
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
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ingest: the event endpoint with its access control, and the steps of its routes. */
public final class IngestFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(IngestFeature.class);

    /** The step that stores the events of a request in Kafka. */
    private static final String SEND_EVENTS = "send-events";

    /** Maximum size of key, headers and framing of a record, in bytes. */
    private static final long HEADERS_BYTES = 64 << 10;

    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(IngestSettings.ALL.stream(), SchemaRegistrySettings.ALL.stream())
                .toList();
    }

    /**
     * Binds without opening the port.
     *
     * @throws SettingsException with all mistakes in the settings and in the files that they name
     */
    @Override
    public void bind(FeatureContext context) {
        new Binding(context).bind();
    }

    /** The binding to one pipeline. */
    private static final class Binding {
        private final FeatureContext context;
        private final Topics declared;
        private final MeterRegistry meters;
        private final IngestTopics topics;
        private final MemoryPlan memory;
        private final IngestEngine eventsPort;

        Binding(FeatureContext context) {
            this.context = context;
            this.declared = context.topics();
            this.meters = context.meters();
            ConfigurationErrors mistakes = new ConfigurationErrors();
            Watcher reloads = context.closing(new Watcher());
            topics = mistakes.gather(() -> topics(reloads));
            IngestAdmission door = new IngestAdmission(context.settings(), declared, reloads, meters);
            memory = mistakes.gather(() -> memory(door));
            Admission admission = memory == null ? null : mistakes.gather(door::admission);
            Optional<Supplier<SslContext>> tls = mistakes.gather(door::tls);
            eventsPort = memory == null ? null : mistakes.gather(() -> eventsPort(admission, tls));
            mistakes.throwIfAny();
        }

        private static MemoryPlan memory(IngestAdmission door) {
            try {
                return door.memory();
            } catch (IllegalArgumentException e) {
                throw new SettingsException(List.of(e.getMessage()));
            }
        }

        private IngestTopics topics(Watcher reloads) {
            IngestTopics read = IngestTopics.read(
                    declared,
                    Path.of(get(WadiSettings.TOPICS_FILE)).toAbsolutePath().getParent(),
                    SchemaRegistry.of(context.settings()));
            read.registered().forEach(each -> reloads.every(get(SchemaRegistrySettings.REFRESH_INTERVAL), each));
            return read;
        }

        /** Whether it is an endpoint of the events port. */
        private boolean owns(Endpoint endpoint) {
            return endpoint instanceof PlatformHttpEndpoint http
                    && http.getComponent().getEngine() == eventsPort;
        }

        private RouteHold requests() {
            return new RouteHold() {
                @Override
                public boolean canHold(Endpoint input) {
                    return owns(input);
                }

                @Override
                public Held hold(Collection<Endpoint> inputs) {
                    return eventsPort.hold(inputs.stream()
                            .filter(this::canHold)
                            .map(PlatformHttpEndpoint.class::cast)
                            .toList())::run;
                }

                @Override
                public String keeper() {
                    return SEND_EVENTS;
                }
            };
        }

        private IngestEngine eventsPort(Admission admission, Optional<Supplier<SslContext>> tls) {
            try {
                return new IngestEngine(
                        meters,
                        context.figures().traces(),
                        new IngestEngine.Door(
                                admission,
                                get(IngestSettings.WEB_EVENTS_TOPIC),
                                get(IngestSettings.PIXEL_TOPIC),
                                context.kafka().work()::mayTake),
                        new IngestEngine.Options(
                                get(WadiSettings.HTTP_HOST),
                                get(WadiSettings.HTTP_PORT).intValue(),
                                get(IngestSettings.HTTP_EVENT_LOOPS).intValue(),
                                get(IngestSettings.HTTP_ORIGINS),
                                get(IngestSettings.HTTP_MAX_URI).intValue(),
                                get(IngestSettings.HTTP_MAX_HEADERS).intValue(),
                                new IngestEngine.Bodies(
                                        get(IngestSettings.HTTP_MAX_BODY),
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

        private void bind() {
            TopicProvisioner keeper = context.topicKeeper();
            keeper.keep(this::promptProducer);
            keeper.whenOpen(() -> topics.compareWith(new SchemaHistory(context.kafka())));
            HttpComponent http = new HttpComponent();
            http.setEngine(eventsPort);
            context.bind("platform-http", http);
            context.usesKafka(this::owns);
            context.bindBean("ingest-topics", topics);
            context.bindBean("held-requests", requests());
            context.bindBean("event-replay", (ReplayPolicy) () -> new EventReplay(topics));
            context.bind("select-event", new ReadSelectEvent(Clock.system(ZoneId.systemDefault())));
            context.bind("answer-receipt", new AnswerReceipt());
            context.bind(
                    "read-events",
                    new ReadEvents(topics, limits(IngestSettings.HTTP_MAX_STREAM), get(IngestSettings.HTTP_MAX_BODY)));
            context.bind(
                    SEND_EVENTS,
                    new SendEvents(
                            topics,
                            keeper,
                            context.deadLetters(),
                            () -> {
                                LOG.info("Memory that clients of the events port can take {}", memory);
                                return promptProducer();
                            },
                            get(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT).toMillis(),
                            get(IngestSettings.MAX_EVENT).intValue(),
                            get(IngestSettings.MAX_REJECTED).intValue(),
                            new EventCounts(meters, context.figures())));
            context.bind("answer-receipts", new AnswerReceipts());
            bindDocuments();
            bindPixel();
            bindRest(keeper, context.closing(new TopicMonitor(context.kafka()::adminProperties)));
        }

        /** The steps of {@code routes/kafka-rest.camel.yaml}. */
        private void bindRest(TopicProvisioner keeper, TopicMonitor look) {
            context.bind("rest-topic", new FindRestTopic(declared));
            context.bind("read-records", new ReadRecords(limits(IngestSettings.HTTP_MAX_BODY)));
            context.bind("answer-records", new AnswerRecords(keeper::partitions));
            context.bind("list-topics", new ListTopics(declared));
            context.bind("describe-topic", DescribeTopic.whole(look));
            context.bind("describe-partitions", DescribeTopic.partitions(look));
            context.bind("describe-partition", DescribeTopic.partition(look));
            context.bind("describe-offsets", DescribeTopic.offsets(look));
        }

        /** The steps of {@code routes/pixel.camel.yaml}. */
        private void bindPixel() {
            context.bind("read-pixel", new ReadPixel(Clock.system(ZoneId.systemDefault())));
            context.bind("answer-pixel", new AnswerPixel());
        }

        /** The documents of {@code routes/documents.camel.yaml}. */
        private void bindDocuments() {
            context.bind(
                    "wadi-js",
                    new StaticResource(
                            "/io/wadi/ingest/wadi.js", "text/javascript; charset=utf-8", "public, max-age=3600"));
            context.bind("openapi", new StaticResource("/io/wadi/ingest/openapi.json", "application/json", "no-cache"));
        }

        private BodyLimits limits(Setting<Long> maxBody) {
            return new BodyLimits(
                    get(maxBody),
                    get(IngestSettings.HTTP_MAX_COMPRESSION_RATIO).intValue(),
                    get(IngestSettings.MAX_EVENT).intValue(),
                    get(IngestSettings.MAX_EVENTS));
        }

        /** Returns a producer with the acknowledgement timeout of ingest. To be closed. */
        private Producer<Object, Object> promptProducer() {
            return context.kafka()
                    .promptProducer(
                            get(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT).toMillis(),
                            memory.producer(),
                            get(IngestSettings.MAX_EVENT) + HEADERS_BYTES);
        }

        private <T> T get(Setting<T> setting) {
            return context.get(setting);
        }
    }
}
