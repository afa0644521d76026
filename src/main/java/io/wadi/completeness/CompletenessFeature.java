package io.wadi.completeness;

import io.wadi.kafka.targets.RecordTarget;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Provides the watermarks of topics: the endpoint, the metric, and the markers of complete directories. */
public final class CompletenessFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return CompletenessSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        Duration interval = context.get(CompletenessSettings.INTERVAL);
        if (interval.isZero()) {
            return;
        }
        Clock clock = Clock.systemUTC();
        CompletenessMonitor monitor = context.closing(new CompletenessMonitor(
                new ProgressReader(
                        context.kafka(),
                        context.get(WadiSettings.DEAD_LETTERS_TOPIC),
                        context.get(CompletenessSettings.MAX_CLOCK_SKEW),
                        clock),
                context.allProvided(RecordTarget.class),
                interval,
                clock,
                context.meters()));
        context.bind("completeness-routes", new CompletenessRoutes(monitor));
        context.afterStartWithKafka(monitor::start);
    }
}
