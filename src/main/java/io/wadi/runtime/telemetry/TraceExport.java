package io.wadi.runtime.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Exports spans to an OpenTelemetry collector, as the settings say. Nothing of OpenTelemetry is loaded where there are none. */
public final class TraceExport implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final long LAST_SECONDS = 5;

    private final SdkTracerProvider provider;

    private TraceExport(SdkTracerProvider provider) {
        this.provider = provider;
    }

    /** Connects to nothing yet. To be closed; null where no traces are to be kept. */
    public static TraceExport of(Settings settings) {
        String collector = settings.get(WadiSettings.TELEMETRY_TRACES_ENDPOINT);
        if (collector.isEmpty() || !settings.get(WadiSettings.TELEMETRY_ENABLED)) {
            return null;
        }
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(collector)
                .setTimeout(ANSWER_WITHIN)
                .setCompression("gzip")
                .build();
        return new TraceExport(SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "wadi",
                        AttributeKey.stringKey("service.version"),
                        Version.CURRENT)))
                .setSampler(Sampler.parentBased(
                        Sampler.traceIdRatioBased(settings.get(WadiSettings.TELEMETRY_TRACES_SAMPLING_RATIO))))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build());
    }

    /** Where spans are begun. */
    public Traces traces() {
        return Traces.of(provider);
    }

    /** Sends what is left, if that is quickly done. */
    @Override
    public void close() {
        provider.shutdown().join(LAST_SECONDS, TimeUnit.SECONDS);
    }
}
