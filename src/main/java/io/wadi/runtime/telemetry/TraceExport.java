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

/**
 * The export of spans to an OpenTelemetry collector. Without an export, no class of the OpenTelemetry SDK is loaded.
 */
public final class TraceExport implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long FLUSH_TIMEOUT_SECONDS = 5;

    private final SdkTracerProvider provider;

    private TraceExport(SdkTracerProvider provider) {
        this.provider = provider;
    }

    /** Creates an export, without connecting to the collector; returns null if traces are disabled. */
    public static TraceExport of(Settings settings) {
        String collector = settings.get(WadiSettings.TELEMETRY_TRACES_ENDPOINT);
        if (collector.isEmpty() || !settings.get(WadiSettings.TELEMETRY_ENABLED)) {
            return null;
        }
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(collector)
                .setTimeout(REQUEST_TIMEOUT)
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

    public Traces traces() {
        return Traces.of(provider);
    }

    /** Sends the remaining spans, and waits at most five seconds for that. */
    @Override
    public void close() {
        provider.shutdown().join(FLUSH_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
