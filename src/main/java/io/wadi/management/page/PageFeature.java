package io.wadi.management.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.deadletter.ReplayPolicy;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.targets.RecordStates;
import io.wadi.management.LiveState;
import io.wadi.management.OpenPaths;
import io.wadi.management.TopicView;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.HttpComponent;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.config.WadiSettings;
import java.util.function.Supplier;
import org.apache.camel.Processor;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;

/** The web page on the management port, its API and its live states. */
public final class PageFeature implements Feature {
    @Override
    public void bind(FeatureContext context) {
        ModelCamelContext camel = context.camel();
        Registry registry = camel.getRegistry();
        KafkaClients kafka = context.kafka();
        int port = context.get(WadiSettings.MANAGEMENT_PORT).intValue();
        HttpComponent management = new HttpComponent();
        management.setEngine(new VertxPlatformHttpEngine() {
            @Override
            protected void doInit() {
                // Must not bind itself in the registry: the engine with the well-known name belongs to the event port.
            }

            @Override
            public int getServerPort() {
                return port;
            }
        });
        // By default, Camel removes this header from responses.
        HttpHeaderFilterStrategy headers = new HttpHeaderFilterStrategy();
        headers.getOutFilter().remove("cache-control");
        management.setHeaderFilterStrategy(headers);
        context.bind("management", management);
        context.bind("health-routes", new HealthRoutes());
        MemoryPlan.Management memory = MemoryPlan.Management.of(
                Runtime.getRuntime().maxMemory(),
                context.get(WadiSettings.MANAGEMENT_MAX_CONNECTIONS).intValue());
        ReadRequests requests = new ReadRequests(memory.readings(), memory.perReading());
        context.bindBean("read-limit", requests);
        Masking masking = Masking.of(context.get(WadiSettings.MANAGEMENT_MASKED_FIELDS));
        Supplier<TopicView.Files> files = context.provided(TopicView.Files.class);
        Supplier<TopicView.Documents> documents = context.provided(TopicView.Documents.class);
        Supplier<ReplayPolicy> replay = context.provided(ReplayPolicy.class);
        Supplier<DeadLetterTopic> deadLetters = () -> new DeadLetterTopic(
                context.get(WadiSettings.DEAD_LETTERS_TOPIC),
                replay.get().newConverter(),
                kafka.readerProperties(),
                requests.fetch());
        LiveStream live = new LiveStream(camel, port, context.allProvided(LiveState.class));
        context.closing(live::stop);
        Supplier<About> about = () -> about(context, documents.get().url());
        bindStates(context, about);
        context.bindBean("page-files", new OpenPaths(PageRoutes.paths()));
        context.bind(
                "ops-routes",
                new PageRoutes(
                        about,
                        new FollowedRecord(context.provided(RecordStates.class), files, documents, masking, requests),
                        live,
                        new TopicRecords(kafka::readerProperties, masking, requests),
                        new ClusterView(kafka::adminProperties, requests),
                        camel,
                        masking,
                        context.get(WadiSettings.HTTP_PORT).intValue(),
                        exchange -> registry.lookupByNameAndType("connect-server", Processor.class)
                                .process(exchange)));
        context.bind(
                "dead-letter-routes", new DeadLetterRoutes(deadLetters, kafka::backgroundProducer, masking, requests));
        context.bind(
                "alert-routes",
                new AlertRoutes(context.get(WadiSettings.ALERTS_TOPIC), kafka::readerProperties, masking, requests));
        context.bind(
                "landed-routes",
                new LandedRoutes(files, new IndexedTopics(documents, kafka::adminProperties, deadLetters, requests)));
    }

    private static void bindStates(FeatureContext context, Supplier<About> about) {
        MeterRegistry meters = context.camel()
                .getRegistry()
                .lookupByNameAndType(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
        Overview overview = new Overview(context.camel(), context.pipelineMetrics()::byRoute, meters);
        context.bindBean("live-about", new LiveState("about", true, about));
        context.bindBean("live-now", new LiveState("now", false, overview::now));
        context.bindBean(
                "live-timeline",
                new LiveState(
                        "timeline",
                        false,
                        () -> context.pipelineMetrics().timeline().steps()));
    }

    private static About about(FeatureContext context, String elasticsearch) {
        return new About(
                Version.CURRENT,
                Version.COMMIT,
                (context.get(WadiSettings.HTTP_TLS_CERTIFICATE).isEmpty() ? "http" : "https") + "://localhost:"
                        + context.get(WadiSettings.HTTP_PORT),
                context.get(WadiSettings.KAFKA_BROKERS),
                context.get(WadiSettings.HDFS_URI),
                context.get(WadiSettings.HDFS_WEB),
                elasticsearch,
                context.get(WadiSettings.DEAD_LETTERS_TOPIC),
                context.get(WadiSettings.ALERTS_TOPIC),
                context.get(WadiSettings.RESTART_COUNT),
                context.get(WadiSettings.RESTART_CAUSE),
                context.get(WadiSettings.LANDING_ROLL_INTERVAL).toString());
    }
}
