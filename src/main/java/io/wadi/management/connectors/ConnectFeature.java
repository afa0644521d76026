package io.wadi.management.connectors;

import io.wadi.kafka.streams.StreamsEndpoint;
import io.wadi.kafka.topics.Topic;
import io.wadi.management.LiveState;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.RouteHold;
import io.wadi.runtime.reload.RouteReloader;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.util.InetAddressUtil;

/** The feature of Kafka Connect's REST API on the management port, which monitors, controls and creates connectors. */
public final class ConnectFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return ConnectApiSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        Supplier<RouteHold> ingest = context.provided(RouteHold.class);
        ConnectApi api = context.closing(new ConnectApi(
                context.camel(),
                new ConnectApi.Names(Version.CURRENT, Version.COMMIT, worker(context)),
                new ConnectApi.Dependencies(
                        () -> ingest.get().sendStep(),
                        () -> context.topics().all().stream()
                                .filter(topic -> topic.ingest() != null)
                                .map(Topic::name)
                                .toList(),
                        input -> input instanceof KafkaEndpoint
                                || input instanceof StreamsEndpoint
                                || ingest.get().canHold(input),
                        context.kafka().routeControl(),
                        context.routeChanges(),
                        context.get(WadiSettings.STOP_PHASE_TIMEOUT),
                        context.kafka()::adminProperties,
                        context.allProvided(RouteReloader.class),
                        AllowedDirectories.of(
                                context.get(ConnectApiSettings.DIRECTORIES),
                                context.get(ConnectApiSettings.HDFS_DIRECTORIES)),
                        context.get(ConnectApiSettings.MAX_CONNECTORS))));
        ControlRoutes routes = new ControlRoutes(api);
        context.bindBean("route-target-state", api);
        context.bind("control-routes", routes);
        context.bind("connect-server", routes::answer);
        context.bindBean("live-connectors", new LiveState("connectors", false, api::statuses));
        context.beforeStop(api::rejectChanges);
    }

    private static String worker(FeatureContext context) {
        return InetAddressUtil.getLocalHostNameSafe() + ":" + context.get(WadiSettings.MANAGEMENT_PORT);
    }
}
