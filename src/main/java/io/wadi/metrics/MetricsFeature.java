package io.wadi.metrics;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.time.Clock;
import java.util.List;

/** The server metrics feature: the beans of its routes. */
public final class MetricsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return MetricsSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        context.bind("drop-metrics", new DropMetrics(context.meters()));
        context.bind("host-metrics", new HostMetrics(Clock.systemUTC(), context.get(MetricsSettings.HOST_METRICSETS)));
        context.bindBean("metric-documents", new MetricDocuments(context.deadLetters()));
    }
}
