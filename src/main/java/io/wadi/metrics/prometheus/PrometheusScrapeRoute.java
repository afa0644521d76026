package io.wadi.metrics.prometheus;

import java.util.List;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;

/**
 * The route {@code prometheus-scrape}: scrapes Prometheus targets and sends documents in Metricbeat's format.
 *
 * <pre>
 *   in      a timer, every wadi.prometheus.interval; then each target over HTTP: text format 0.0.4 or OpenMetrics 1.0,
 *           optionally gzip
 *   out     {{wadi.metrics.topic}}: prometheus.collector documents, one for all samples with the same labels, and one
 *           with up, scrape_duration_seconds and scrape_samples_scraped; key = the target's name or host
 *   config  wadi.prometheus.targets    such as web-01=10.0.3.15:9100,https://app.example.org/actuator/prometheus;
 *                                      empty: there is no route
 *           wadi.prometheus.interval   a duration, such as 15s
 *           wadi.prometheus.timeout    maximum time of a complete response; a slower target is down
 *           wadi.prometheus.max-body   maximum size of a response, also decompressed; a larger one: the target is down
 *   once    at most once: failed scrapes and sends are not repeated
 *   errors  a target does not respond, or with an error: up is 0, and the first failure is logged as a warning
 *           an invalid line: skipped and counted, the first one is logged as a warning; NaN and infinite values, which
 *           JSON cannot represent: skipped and counted without a warning
 *           Kafka unavailable: logs a warning and drops the scrape
 *   test    PrometheusScrapeRouteTest, PrometheusScrapeRouteIT
 * </pre>
 */
public final class PrometheusScrapeRoute extends RouteBuilder {
    private final List<PrometheusTarget> targets;
    private final Processor scrape;

    /**
     * Creates the route.
     *
     * @param targets the targets; without any, there is no route
     * @param scrape the step that scrapes one target, {@link PrometheusScrape}
     */
    public PrometheusScrapeRoute(List<PrometheusTarget> targets, Processor scrape) {
        this.targets = List.copyOf(targets);
        this.scrape = scrape;
    }

    @Override
    public void configure() {
        if (targets.isEmpty()) {
            return;
        }
        // The timer's metadata has the period, which documents contain. A synchronous timer waits for all targets, so
        // that the scrapes of slow ones do not accumulate.
        from("timer:prometheus-scrape?includeMetadata=true&synchronous=true&period={{"
                        + PrometheusSettings.INTERVAL.name() + "}}")
                .routeId("prometheus-scrape")
                .routeDescription("Scrape Prometheus targets")
                .routeConfigurationId("log-and-go-on")
                .split(constant(targets))
                .parallelProcessing() // ten at a time, so that a slow target delays few others
                .process(scrape)
                .id("scrape-target")
                // A list of messages with keys, sent as one batch; usually times out before the next scrape.
                .to("kafka:{{wadi.metrics.topic}}?deliveryTimeoutMs=3000&requestTimeoutMs=1500&maxBlockMs=1500")
                .id("scraped-to-metrics")
                .end();
    }
}
