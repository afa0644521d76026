package io.wadi.runtime.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code traceparent} of W3C Trace Context, level 1, of a request or a record. {@code tracestate} is ignored. */
public final class TraceParent {
    /** The header's name. */
    public static final String NAME = "traceparent";

    private static final int MAX_LENGTH = 512;
    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private TraceParent() {}

    /** Parses a header; empty if it is invalid or has no trace id. Additional fields of later versions are ignored. */
    public static Optional<SpanContext> parse(String header) {
        if (header == null || header.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(header);
        if (!form.matches() || form.group(1).equals("ff") || (form.group(1).equals("00") && form.group(5) != null)) {
            return Optional.empty();
        }
        if (!TraceId.isValid(form.group(2)) || !SpanId.isValid(form.group(3))) {
            return Optional.empty();
        }
        TraceFlags flags = known(TraceFlags.fromHex(form.group(4), 0));
        return Optional.of(
                SpanContext.createFromRemoteParent(form.group(2), form.group(3), flags, TraceState.getDefault()));
    }

    /** Formats the header for the children of a span. */
    public static String of(SpanContext context) {
        return "00-" + context.getTraceId() + '-' + context.getSpanId() + '-'
                + known(context.getTraceFlags()).asHex();
    }

    /** Version 00 defines one flag; the others must be zero. */
    private static TraceFlags known(TraceFlags flags) {
        return flags.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
    }
}
