package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The JSON responses of access control; counts refusals by cause. Thread-safe. */
final class AccessResponses {
    private static final int UNAUTHORIZED = 401;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<AccessDenial.Cause, Counter> refusals = new EnumMap<>(AccessDenial.Cause.class);

    AccessResponses(MeterRegistry meters) {
        for (AccessDenial.Cause cause : AccessDenial.Cause.values()) {
            Counter counter = Counter.builder("wadi.management.rejections")
                    .description("Requests to the management port that were refused")
                    .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            refusals.put(cause, counter);
        }
    }

    /** Responds with 401 and a challenge. */
    void unauthorized(RoutingContext context, String why) {
        // A browser would ask by itself for a script of the page, which does so better.
        if (context.request().getHeader("Sec-Fetch-Site") == null) {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"wadi\", charset=\"UTF-8\"");
        }
        refuse(context, new AccessDenial(UNAUTHORIZED, AccessDenial.Cause.UNAUTHORIZED, why));
    }

    /** Rejects a request and counts it. */
    void refuse(RoutingContext context, AccessDenial refusal) {
        refusals.get(refusal.cause()).increment();
        if (!refusal.retryAfter().isZero()) {
            // Rounded up: earlier it would be refused again.
            long seconds = refusal.retryAfter().plusMillis(999).toSeconds();
            context.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        write(
                context,
                refusal.status(),
                JSON.createObjectNode().put("error_code", refusal.status()).put("message", refusal.message()));
    }

    /** Writes a response. */
    static void write(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
