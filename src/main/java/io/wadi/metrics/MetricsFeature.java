package io.wadi.metrics;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.OutputTopics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/** The server metrics feature: the beans of its routes. */
public final class MetricsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return MetricsSettings.ALL;
    }

    /**
     * Binds the beans.
     *
     * @throws SettingsException if the route would read its own output
     */
    @Override
    public void bind(FeatureContext context) {
        checkTopics(context::get);
        context.bind("drop-metrics", new DropMetrics(context.meters()));
        context.bind("host-metrics", new HostMetrics(Clock.systemUTC(), context.get(MetricsSettings.HOST_METRICSETS)));
        context.bindBean("metric-documents", new MetricDocuments(context.deadLetters()));
    }

    static void checkTopics(Function<Setting<String>, String> settings) {
        OutputTopics.check(
                MetricsSettings.TOPIC,
                List.of(settings.apply(MetricsSettings.TOPIC)),
                List.of(
                        MetricsSettings.CPU_TOPIC,
                        MetricsSettings.MEMORY_TOPIC,
                        MetricsSettings.CPU_ALERT_TOPIC,
                        MetricsSettings.MEMORY_ALERT_TOPIC,
                        MetricsSettings.OTHER_TOPIC,
                        WadiSettings.DEAD_LETTERS_TOPIC),
                settings);
    }
}
