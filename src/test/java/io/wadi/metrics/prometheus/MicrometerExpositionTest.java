package io.wadi.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The output of Micrometer's Prometheus registry, which Wadi itself exposes, is read completely and correctly. */
final class MicrometerExpositionTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @BeforeEach
    void measure() {
        Counter.builder("jobs.done")
                .description("With a \\ and\na line")
                .tag("path", "C:\\x \"quoted\"\nü")
                .register(registry)
                .increment(3.5);
        Gauge.builder("not.a.number", () -> Double.NaN).register(registry);
        Gauge.builder("too.much", () -> Double.POSITIVE_INFINITY).register(registry);
        FunctionCounter.builder("large", this, self -> 1.5e17).register(registry);
        Timer timer = Timer.builder("answer")
                .publishPercentiles(0.5, 0.99)
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofSeconds(1))
                .register(registry);
        timer.record(Duration.ofMillis(5));
        timer.record(Duration.ofMillis(500));
        DistributionSummary.builder("size")
                .baseUnit("bytes")
                .publishPercentileHistogram()
                .register(registry)
                .record(1000);
        LongTaskTimer.builder("long.task").register(registry).start();
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    @Test
    void bothFormats_areReadCompletely() throws ScrapeException {
        for (Map.Entry<String, ExpositionFormat> each : Map.of(
                        Exporter.TEXT, ExpositionFormat.TEXT, Exporter.OPEN_METRICS, ExpositionFormat.OPEN_METRICS)
                .entrySet()) {
            String text = registry.scrape(each.getKey());

            Read read = Read.of(text.getBytes(UTF_8), each.getValue());

            assertThat(read.refused).isEmpty();
            assertThat(read.samples).hasSizeGreaterThan(100).hasSize((int)
                    text.lines().filter(line -> !line.startsWith("#")).count());
            assertValues(read.samples);
        }
    }

    private static void assertValues(List<Sample> samples) {
        Map<List<Object>, Double> values = samples.stream()
                .collect(Collectors.toMap(sample -> List.of(sample.name(), sample.labels()), Sample::value));
        assertThat(values)
                .containsEntry(List.of("jobs_done_total", Map.of("path", "C:\\x \"quoted\"\nü")), 3.5)
                .containsEntry(List.of("not_a_number", Map.of()), Double.NaN)
                .containsEntry(List.of("too_much", Map.of()), Double.POSITIVE_INFINITY)
                .containsEntry(List.of("large_total", Map.of()), 1.5e17)
                .containsEntry(List.of("answer_seconds_count", Map.of()), 2.0)
                .containsEntry(List.of("answer_seconds_sum", Map.of()), 0.505)
                .containsEntry(List.of("answer_seconds_bucket", Map.of("le", "0.01")), 1.0)
                .containsEntry(List.of("answer_seconds_bucket", Map.of("le", "+Inf")), 2.0)
                .containsEntry(List.of("size_bytes_sum", Map.of()), 1000.0)
                .containsKey(List.of("jvm_memory_max_bytes", Map.of("area", "heap", "id", heapPool(samples))));
    }

    private static String heapPool(List<Sample> samples) {
        return samples.stream()
                .filter(sample -> "heap".equals(sample.labels().get("area")))
                .map(sample -> sample.labels().get("id"))
                .findFirst()
                .orElseThrow();
    }
}
