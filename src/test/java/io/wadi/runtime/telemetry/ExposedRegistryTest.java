package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import org.junit.jupiter.api.Test;

final class ExposedRegistryTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PipelineMetrics metrics = PipelineMetrics.withLimit(10, Clock.systemUTC(), Traces.off());
    private final ExposedRegistry registry = new ExposedRegistry(metrics);

    @Test
    void scrape_containsMetersAndPipelineMetrics() {
        Counter.builder("wadi.metered").register(registry).increment();
        metrics.histograms("wadi_kept_seconds", "Kept").of("").record(5, 1);

        assertThat(registry.scrape()).contains("wadi_metered_total 1.0").contains("wadi_kept_seconds_count 1\n");
        assertThat(registry.scrape(OPEN_METRICS))
                .contains("# TYPE wadi_metered counter")
                .contains("wadi_kept_seconds_count 1\n")
                .endsWith("\n# EOF\n")
                .containsOnlyOnce("# EOF");
    }
}
