package io.wadi.management.lag;

import io.wadi.management.LiveState;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import java.util.List;

/** The feature that monitors consumer lag, with its HTTP API. */
public final class LagFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return LagSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        LagMonitor monitor =
                context.closing(LagMonitor.of(context.settings(), context.kafka(), context.get(LagSettings.INTERVAL)));
        context.bindBean("live-lag", new LiveState("lag", false, monitor::summary));
        context.bindBean("live-lag-history", new LiveState("history", true, monitor::history));
        if (context.get(LagSettings.ENABLED)) {
            context.bind(
                    "lag-routes",
                    new LagRoutes(monitor, context.get(LagSettings.CLUSTER), context.get(WadiSettings.KAFKA_BROKERS)));
            context.afterStartWithKafka(monitor::start);
        }
    }
}
