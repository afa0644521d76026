package io.wadi.management.lag;

import io.wadi.management.LiveState;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import java.util.List;

/** Consumer lag of all groups, and its HTTP. */
public final class LagFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return LagSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        LagMonitor watch =
                context.closing(LagMonitor.of(context.settings(), context.kafka(), context.get(LagSettings.INTERVAL)));
        context.bindBean("live-lag", new LiveState("lag", false, watch::summary));
        context.bindBean("live-lag-history", new LiveState("history", true, watch::history));
        if (context.get(LagSettings.ENABLED)) {
            context.bind(
                    "lag-routes",
                    new LagRoutes(watch, context.get(LagSettings.CLUSTER), context.get(WadiSettings.KAFKA_BROKERS)));
            context.afterStartWithKafka(watch::start);
        }
    }
}
