package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Micrometer's Prometheus registry, which adds {@link PipelineMetrics} to each scrape. If scrapes take too much CPU
 * time, some of them return an earlier text, see {@link SharedScrape}.
 */
public final class ExposedRegistry extends PrometheusMeterRegistry {
    private static final String END = "# EOF\n";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final PipelineMetrics metrics;
    private final SharedScrape text =
            new SharedScrape(() -> write(TEXT, false), System::nanoTime, THREADS::getCurrentThreadCpuTime);
    private final SharedScrape openMetrics =
            new SharedScrape(() -> write(OPEN_METRICS, true), System::nanoTime, THREADS::getCurrentThreadCpuTime);
    private volatile int lastLength = 1 << 16;

    public ExposedRegistry(PipelineMetrics metrics) {
        super(PrometheusConfig.DEFAULT);
        this.metrics = metrics;
    }

    /** Returns all metrics in Prometheus' text format or in OpenMetrics. */
    @Override
    public String scrape(String contentType) {
        return (contentType.contains("openmetrics") ? openMetrics : text).text();
    }

    private String write(String contentType, boolean openMetrics) {
        Exposition all = new Exposition(openMetrics, lastLength + lastLength / 8);
        String meters = meters(contentType);
        all.lines(openMetrics ? meters.substring(0, meters.length() - END.length()) : meters);
        metrics.writeTo(all);
        if (openMetrics) {
            all.lines(END);
        }
        String written = all.toString();
        lastLength = written.length();
        return written;
    }

    private String meters(String contentType) {
        ByteArrayOutputStream meters = new ByteArrayOutputStream();
        try {
            super.scrape(meters, contentType);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return meters.toString(UTF_8);
    }

    @Override
    public void scrape(OutputStream to, String contentType) throws IOException {
        to.write(scrape(contentType).getBytes(UTF_8));
    }
}
