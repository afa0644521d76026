package io.wadi;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.streams.StreamsEndpoint;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.management.connectors.ConnectApi;
import io.wadi.management.connectors.ControlRoutes;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.Asked;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.model.ModelCamelContext;

/** Puts together who watches and steers routes while they run. */
final class ControlParts implements AutoCloseable {
    /** As Kafka says where its build did not tell. */
    private static final String UNKNOWN_COMMIT = "unknown";

    private final Settings settings;
    private final IntakeParts intake;
    private final KafkaClients kafka;
    private final Topics topics;
    /** Held while routes are started, stopped or replaced. */
    private final Lock changing = new ReentrantLock();

    private ConnectApi api;

    ControlParts(Settings settings, IntakeParts intake, KafkaClients kafka, Topics topics) {
        this.settings = settings;
        this.intake = intake;
        this.kafka = kafka;
        this.topics = topics;
    }

    /** Binds what answers on the management port; gives what answers there at {@code /} who wants no page. */
    Processor bind(ModelCamelContext context) {
        api = new ConnectApi(
                context,
                new ConnectApi.Names(Version.CURRENT, UNKNOWN_COMMIT, worker()),
                new ConnectApi.Needs(
                        IntakeParts.SEND_EVENTS,
                        () -> topics.all().stream()
                                .filter(topic -> topic.intake() != null)
                                .map(Topic::name)
                                .toList(),
                        this::keepsPlace,
                        kafka.work(),
                        changing,
                        get(WadiSettings.STOP_PHASE_WITHIN),
                        kafka::adminProperties));
        ControlRoutes routes = new ControlRoutes(api);
        context.getRegistry().bind("control-routes", RoutesBuilder.class, routes);
        return routes::answer;
    }

    /** As others know this process: the port may be reached by another name too. */
    private String worker() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + ":" + get(WadiSettings.MANAGEMENT_PORT);
    }

    /** Whether what reads here can pause as it is, started. */
    private boolean keepsPlace(Endpoint input) {
        return input instanceof KafkaEndpoint || input instanceof StreamsEndpoint || intake.owns(input);
    }

    /** How all connectors are, from when they are bound. */
    Object statuses() {
        return api.statuses();
    }

    /** Is held while routes are started, stopped or replaced. */
    Lock changing() {
        return changing;
    }

    /** What was asked of routes, for those that take their place. */
    Asked asked() {
        return new Asked() {
            @Override
            public boolean isToStart(String route) {
                return api.isToStart(route);
            }

            @Override
            public void hasCome(String route) throws Exception {
                api.hasCome(route);
            }
        };
    }

    /** No route is steered any more from now on. */
    void keepRoutes() {
        api.keepRoutes();
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
    }
}
