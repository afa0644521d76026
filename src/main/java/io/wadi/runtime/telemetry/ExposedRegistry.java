package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Micrometer's registry for Prometheus, whose scrapes have {@link PipelineMetrics} too. */
public final class ExposedRegistry extends PrometheusMeterRegistry {
    private static final String END = "# EOF\n";

    private final PipelineMetrics figures;
    private volatile int lastLength = 1 << 16;

    /** Takes what is added to each scrape. */
    public ExposedRegistry(PipelineMetrics figures) {
        super(PrometheusConfig.DEFAULT);
        this.figures = figures;
    }

    /** All meters and all figures, in Prometheus' text format or in that of OpenMetrics. */
    @Override
    public String scrape(String contentType) {
        boolean openMetrics = contentType.contains("openmetrics");
        Exposition all = new Exposition(openMetrics, lastLength + lastLength / 8);
        String meters = meters(contentType);
        all.lines(openMetrics ? meters.substring(0, meters.length() - END.length()) : meters);
        figures.writeTo(all);
        if (openMetrics) {
            all.lines(END);
        }
        String text = all.toString();
        lastLength = text.length();
        return text;
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

    /** The same, encoded. */
    @Override
    public void scrape(OutputStream to, String contentType) throws IOException {
        to.write(scrape(contentType).getBytes(UTF_8));
    }
}
