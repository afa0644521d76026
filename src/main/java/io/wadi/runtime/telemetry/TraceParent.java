package io.wadi.runtime.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Optional;

/**
 * The header {@code traceparent} of W3C Trace Context, level 1, of a request or a record. {@code tracestate} is
 * ignored.
 */
public final class TraceParent {
    /** The header's name. */
    public static final String NAME = "traceparent";

    private static final int MAX_LENGTH = 512;
    private static final TextMapGetter<String> HEADER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String header) {
            return List.of(NAME);
        }

        @Override
        public String get(String header, String name) {
            return name.equals(NAME) ? header : null;
        }
    };

    private TraceParent() {}

    /** Parses a header; empty if it is null, too long or invalid. Additional fields of later versions are ignored. */
    public static Optional<SpanContext> parse(String header) {
        if (header == null || header.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), header, HEADER);
        return Optional.of(Span.fromContext(context).getSpanContext()).filter(SpanContext::isValid);
    }

    /** Formats the header for the children of a span. Version 00 defines one flag; the others must be zero. */
    public static String of(SpanContext context) {
        TraceFlags flags = context.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
        return "00-" + context.getTraceId() + '-' + context.getSpanId() + '-' + flags.asHex();
    }
}
