package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The JSON responses of access control; counts rejected requests by cause. Thread-safe. */
final class AccessResponses {
    private static final int UNAUTHORIZED = 401;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<AccessDenial.Cause, Counter> rejections = new EnumMap<>(AccessDenial.Cause.class);

    AccessResponses(MeterRegistry meters) {
        for (AccessDenial.Cause cause : AccessDenial.Cause.values()) {
            Counter counter = Counter.builder("wadi.management.rejections")
                    .description("Rejected requests to the management port")
                    .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            rejections.put(cause, counter);
        }
    }

    /** Responds with 401 and a challenge. */
    void unauthorized(RoutingContext context, String message) {
        // For requests of a page's script the challenge would open the browser's own login dialog over the page's.
        if (context.request().getHeader("Sec-Fetch-Site") == null) {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"wadi\", charset=\"UTF-8\"");
        }
        reject(context, new AccessDenial(UNAUTHORIZED, AccessDenial.Cause.UNAUTHORIZED, message));
    }

    /** Rejects a request and counts it. */
    void reject(RoutingContext context, AccessDenial denial) {
        rejections.get(denial.cause()).increment();
        if (!denial.retryAfter().isZero()) {
            // Rounded up, as an earlier retry would be rejected again.
            long seconds = denial.retryAfter().plusMillis(999).toSeconds();
            context.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        write(
                context,
                denial.status(),
                JSON.createObjectNode().put("error_code", denial.status()).put("message", denial.message()));
    }

    static void write(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
