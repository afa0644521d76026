package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A factory of spans for requests and records, in the trace that their {@code traceparent} header names. The open spans
 * of records are limited, since clients determine which records are sampled. Thread-safe.
 */
public final class Traces {
    /** The maximum number of open spans of records; each takes about 1 KiB. */
    private static final int MAX_RECORDS = 10_000;

    private final Tracer tracer;
    private final boolean on;
    private final Semaphore records = new Semaphore(MAX_RECORDS);

    private Traces(TracerProvider provider, boolean on) {
        this.tracer = provider.get("io.wadi");
        this.on = on;
    }

    /** Creates a disabled factory. */
    public static Traces off() {
        return new Traces(TracerProvider.noop(), false);
    }

    public static Traces of(TracerProvider provider) {
        return new Traces(provider, true);
    }

    public boolean isOn() {
        return on;
    }

    /**
     * Starts the span of a request.
     *
     * @param path the path of the route
     * @param parent the header {@code traceparent}; a new trace is started if it is null or invalid
     */
    public Span request(String method, String path, String parent) {
        Context from = TraceParent.parse(parent).map(Traces::under).orElse(Context.root());
        return tracer.spanBuilder(method + " " + path)
                .setParent(from)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method)
                .setAttribute("http.route", path)
                .startSpan();
    }

    /**
     * Starts the span of a delivered record, which {@link #end} ends; empty if the record is not in a sampled trace, or
     * if too many spans are open.
     */
    Optional<Span> record(String route, ConsumerRecord<?, ?> read) {
        Header header = read.headers().lastHeader(TraceParent.NAME);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        return TraceParent.parse(new String(header.value(), UTF_8))
                .filter(SpanContext::isSampled)
                .filter(parent -> records.tryAcquire())
                .map(parent -> tracer.spanBuilder(route + " " + read.topic())
                        .setParent(under(parent))
                        .setSpanKind(SpanKind.CONSUMER)
                        .setAttribute("messaging.system", "kafka")
                        .setAttribute("messaging.operation.type", "process")
                        .setAttribute("messaging.destination.name", read.topic())
                        .setAttribute("messaging.destination.partition.id", Integer.toString(read.partition()))
                        .setAttribute("messaging.kafka.offset", read.offset())
                        .startSpan());
    }

    void end(Span record) {
        record.end();
        records.release();
    }

    private static Context under(SpanContext parent) {
        return Context.root().with(Span.wrap(parent));
    }
}
