package io.wadi.runtime.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code traceparent} of W3C's Trace Context, level 1, of a request or a record. Its {@code tracestate} is not kept. */
public final class TraceParent {
    /** The header's name. */
    public static final String NAME = "traceparent";

    private static final int LONGEST = 512;
    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private TraceParent() {}

    /** What it says; nothing where it is not of that form, or names no trace. A later version may say more, which is left out. */
    public static Optional<SpanContext> parse(String header) {
        if (header == null || header.length() > LONGEST) {
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

    /** The header of what follows from a span. */
    public static String of(SpanContext context) {
        return "00-" + context.getTraceId() + '-' + context.getSpanId() + '-'
                + known(context.getTraceFlags()).asHex();
    }

    /** Version 00 has one flag, and has all others be zero. */
    private static TraceFlags known(TraceFlags flags) {
        return flags.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
    }
}
