package io.wadi.metrics.prometheus;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.time.Clock;
import java.util.List;

/** The Prometheus feature: the scrape route. */
public final class PrometheusFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return PrometheusSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        List<PrometheusTarget> targets =
                PrometheusTarget.parse(PrometheusSettings.TARGETS.name(), context.get(PrometheusSettings.TARGETS));
        context.bind(
                "prometheus-scrape",
                new PrometheusScrapeRoute(
                        targets,
                        new PrometheusScrape(
                                Clock.systemUTC(),
                                context.get(PrometheusSettings.TIMEOUT),
                                context.get(PrometheusSettings.MAX_BODY),
                                context.meters())));
    }
}
