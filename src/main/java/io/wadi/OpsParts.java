package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.indexing.IndexedDocuments;
import io.wadi.indexing.IndexingEndpoint;
import io.wadi.ingest.EventReadmission;
import io.wadi.ingest.IntakeTopics;
import io.wadi.ingest.admission.MemoryPlan;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.LetterBox;
import io.wadi.kafka.records.Masking;
import io.wadi.landing.LandedFiles;
import io.wadi.management.page.About;
import io.wadi.management.page.AlertRoutes;
import io.wadi.management.page.DeadLetterRoutes;
import io.wadi.management.page.Follow;
import io.wadi.management.page.HealthRoutes;
import io.wadi.management.page.IndexedTopics;
import io.wadi.management.page.LandedRoutes;
import io.wadi.management.page.LiveStream;
import io.wadi.management.page.ManagementEngine;
import io.wadi.management.page.OpsRoutes;
import io.wadi.management.page.Overview;
import io.wadi.management.page.Readings;
import io.wadi.management.page.RouteText;
import io.wadi.management.page.TopicRecords;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.telemetry.Figures;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Component;
import org.apache.camel.EndpointAware;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;

/** The page on the management port and what it shows. */
final class OpsParts implements AutoCloseable {
    private final Settings settings;
    private final Figures figures;
    private final MeterRegistry meters;
    private final LagParts lag;
    private final ControlParts control;
    private final KafkaClients kafka;
    private final IntakeTopics topics;
    private final Readings readings;
    private LiveStream live;

    OpsParts(
            Settings settings,
            Figures figures,
            MeterRegistry meters,
            LagParts lag,
            ControlParts control,
            KafkaClients kafka,
            IntakeTopics topics) {
        this.settings = settings;
        this.figures = figures;
        this.meters = meters;
        this.lag = lag;
        this.control = control;
        this.kafka = kafka;
        this.topics = topics;
        MemoryPlan.Management memory = AccessParts.memory(settings);
        this.readings = new Readings(memory.readings(), memory.perReading());
    }

    /** Binds what answers on the management port; what is shown live is sent from when the context is started. */
    void bind(ModelCamelContext context, HdfsConnection hdfs, String elasticsearch, IndexedDocuments indexed) {
        Registry registry = context.getRegistry();
        int port = get(WadiSettings.MANAGEMENT_PORT).intValue();
        HttpComponent management = new HttpComponent();
        management.setEngine(new ManagementEngine(port));
        registry.bind("management", Component.class, management);
        LandedFiles landed = new LandedFiles(hdfs, get(WadiSettings.HDFS_WEB), get(WadiSettings.LANDING_DIRECTORY));
        About about = about(elasticsearch);
        Overview overview = new Overview(context, figures::byRoute, meters, Clock.systemUTC());
        live = new LiveStream(
                context,
                port,
                Map.of("about", () -> about, "history", lag::history),
                Map.of(
                        "now", overview::now,
                        "lag", lag::summary,
                        "connectors", control::statuses,
                        "timeline", () -> figures.timeline().steps()));
        registry.bind("health-routes", RoutesBuilder.class, new HealthRoutes());
        registry.bind(
                "ops-routes",
                RoutesBuilder.class,
                new OpsRoutes(
                        about,
                        new Follow(landed::find, indexed::find),
                        live,
                        new TopicRecords(() -> kafka.observerProperties("none"), masking(), readings),
                        new RouteText(context),
                        get(WadiSettings.HTTP_PORT).intValue(),
                        control.bind(context)));
        registry.bind(
                "dead-letter-routes",
                RoutesBuilder.class,
                new DeadLetterRoutes(this::letters, kafka::patientProducer, masking(), readings));
        registry.bind(
                "alert-routes",
                RoutesBuilder.class,
                new AlertRoutes(
                        get(WadiSettings.ALERTS_TOPIC), () -> kafka.observerProperties("none"), masking(), readings));
        registry.bind("landed-routes", RoutesBuilder.class, landedRoutes(context, hdfs, indexed));
    }

    private LandedRoutes landedRoutes(ModelCamelContext context, HdfsConnection hdfs, IndexedDocuments indexed) {
        return new LandedRoutes(
                new LandedLooks(settings, hdfs, kafka, masking()),
                new IndexedTopics(() -> indexed(context), indexed::count, kafka::adminProperties, this::letters));
    }

    private LetterBox letters() {
        return new LetterBox(
                get(WadiSettings.DEAD_LETTERS_TOPIC),
                new EventReadmission(topics),
                readings.limited(kafka.observerProperties("none")));
    }

    /** Those of this process, by their routes. */
    private static List<IndexedTopics.Indexed> indexed(ModelCamelContext context) {
        List<IndexedTopics.Indexed> found = new ArrayList<>();
        for (Route route : context.getRoutes()) {
            if (route.getEndpoint() instanceof KafkaEndpoint input) {
                KafkaConfiguration read = input.getConfiguration();
                route.filter("*").stream()
                        .filter(step ->
                                step instanceof EndpointAware to && to.getEndpoint() instanceof IndexingEndpoint)
                        .map(step -> (IndexingEndpoint) ((EndpointAware) step).getEndpoint())
                        .forEach(to -> found.add(new IndexedTopics.Indexed(
                                route.getRouteId(),
                                read.isTopicIsPattern()
                                        ? List.of()
                                        : List.of(read.getTopic().split(" *, *")),
                                read.getGroupId(),
                                to.documents())));
            }
        }
        return found;
    }

    private Masking masking() {
        return masking(settings);
    }

    /** Hides what the management port does not show. */
    static Masking masking(Settings settings) {
        return Masking.of(settings.get(WadiSettings.MANAGEMENT_MASKED));
    }

    private About about(String elasticsearch) {
        return new About(
                Version.CURRENT,
                (get(WadiSettings.HTTP_TLS_CERTIFICATE).isEmpty() ? "http" : "https") + "://localhost:"
                        + get(WadiSettings.HTTP_PORT),
                get(WadiSettings.KAFKA_BROKERS),
                get(WadiSettings.HDFS_URI),
                get(WadiSettings.HDFS_WEB),
                elasticsearch,
                get(WadiSettings.DEAD_LETTERS_TOPIC),
                get(WadiSettings.ALERTS_TOPIC),
                get(WadiSettings.RESTART_COUNT),
                get(WadiSettings.RESTART_CAUSE),
                get(WadiSettings.LANDING_ROLL_EVERY).toString());
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public void close() {
        live.stop();
    }
}
