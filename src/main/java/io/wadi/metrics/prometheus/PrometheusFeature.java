package io.wadi.metrics.prometheus;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import java.time.Clock;
import java.time.Duration;
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
        if (!targets.isEmpty()) {
            requireTimeoutWithin(context.get(PrometheusSettings.INTERVAL), context.get(PrometheusSettings.TIMEOUT));
        }
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

    /** Rejects a timeout with which a target that does not respond would delay the next scrape of all targets. */
    private static void requireTimeoutWithin(Duration interval, Duration timeout) {
        if (timeout.compareTo(interval) > 0) {
            throw new SettingsException(
                    List.of("%s=%s: expected at most %s=%s, since the next scrape waits for all targets"
                            .formatted(
                                    PrometheusSettings.TIMEOUT.name(),
                                    Units.text(timeout),
                                    PrometheusSettings.INTERVAL.name(),
                                    Units.text(interval))));
        }
    }
}
