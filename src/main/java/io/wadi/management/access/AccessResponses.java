package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.AccessDenial.Cause;
import io.wadi.runtime.telemetry.EnumCounters;
import java.util.Set;

/** The JSON responses of access control; counts rejected requests by cause. Thread-safe. */
final class AccessResponses {
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final String NOT_FOUND_PAGE = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Wadi: not found</title>
            <h1>Nothing at this address</h1>
            <p><a href="/">The page</a> shows the pipeline, <a href="/send">/send</a> sends an event,
            <a href="/observe/health">/observe/health</a> and <a href="/observe/metrics">/observe/metrics</a> are for monitoring.</p>
            </html>
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EnumCounters<Cause> rejections;

    AccessResponses(MeterRegistry meters) {
        rejections = new EnumCounters<>(
                Cause.class,
                "cause",
                Counter.builder("wadi.management.rejections")
                        .description("Rejected requests to the management port")
                        .withRegistry(meters));
    }

    void unauthorized(RoutingContext context, String message) {
        // For requests of the page's scripts, the challenge would open the browser's login dialog in addition to the
        // page's own.
        if (context.request().getHeader("Sec-Fetch-Site") == null) {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"wadi\", charset=\"UTF-8\"");
        }
        reject(context, 401, Cause.UNAUTHORIZED, message);
    }

    void reject(RoutingContext context, int status, Cause cause, String message) {
        reject(context, new AccessDenial(status, cause, message));
    }

    void count(Cause cause) {
        rejections.increment(cause);
    }

    void reject(RoutingContext context, AccessDenial denial) {
        count(denial.cause());
        if (!denial.retryAfter().isZero()) {
            // Rounded up, since an earlier retry would be rejected again.
            long seconds = denial.retryAfter().plusMillis(999).toSeconds();
            context.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        error(context, denial.status(), denial.message());
    }

    /** Responds to a path without an endpoint while Wadi is starting or stopping. */
    static void starting(RoutingContext context) {
        context.response().putHeader("Retry-After", "1");
        error(context, UNAVAILABLE, "Wadi is starting or stopping: try again in a moment");
    }

    /** Responds to a path without an endpoint: to browsers with links to the pages, to other clients with JSON. */
    static void notFound(RoutingContext context) {
        String accepted = context.request().getHeader("Accept");
        if (accepted != null && accepted.contains("text/html")) {
            context.response()
                    .setStatusCode(NOT_FOUND)
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .end(NOT_FOUND_PAGE);
        } else {
            error(
                    context,
                    NOT_FOUND,
                    "no endpoint has this path: the page is at /, health at /observe/health, metrics at"
                            + " /observe/metrics, the connector API at /connectors");
        }
    }

    /** Responds to a method that a path does not accept. */
    static void methodNotAllowed(RoutingContext context, Set<String> accepted) {
        String methods = String.join(", ", accepted);
        context.response().putHeader("Allow", methods);
        error(context, NOT_ALLOWED, "this path accepts " + methods);
    }

    private static void error(RoutingContext context, int status, String message) {
        write(context, status, JSON.createObjectNode().put("error_code", status).put("message", message));
    }

    static void write(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
