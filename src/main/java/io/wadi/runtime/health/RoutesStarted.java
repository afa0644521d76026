package io.wadi.runtime.health;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A check that all routes with auto-startup run, except those that operators have stopped, and that no route is
 * {@linkplain MissingRoutes missing}. It is down before the start and while the routes are being stopped.
 */
public final class RoutesStarted extends AbstractHealthCheck {
    private final Predicate<String> isExpected;

    /**
     * Creates a check of the context that it is registered in.
     *
     * @param isExpected returns whether the route with this id is expected to run
     */
    public RoutesStarted(Predicate<String> isExpected) {
        super("wadi", "wadi-routes");
        this.isExpected = isExpected;
    }

    /** Returns whether the context has completed its start, even if it is stopping or suspended now. */
    public static boolean isOver(CamelContext context) {
        ServiceStatus status = context.getStatus();
        return status == ServiceStatus.Started || status.isStopping() || status.isSuspended();
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        CamelContext context = getCamelContext();
        if (context.getStatus() != ServiceStatus.Started) {
            builder.message(
                            context.getStatus().isStopping()
                                    ? "the routes are being stopped; requests are rejected"
                                    : "the routes are not started yet; requests are accepted once they are")
                    .down();
            return;
        }
        List<String> missing = context.getRegistry().findByType(MissingRoutes.class).stream()
                .flatMap(each -> each.missingRoutes().stream())
                .filter(isExpected)
                .sorted()
                .toList();
        List<String> stopped = context.getRoutes().stream()
                .filter(Route::isAutoStartup)
                .filter(route ->
                        context.getRouteController().getRouteStatus(route.getRouteId()) != ServiceStatus.Started)
                .map(Route::getRouteId)
                .filter(isExpected)
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            builder.message(
                            "routes are missing after a failed reload: %s; see the log. Routes of route files are retried; save streams files again, or restart Wadi"
                                    .formatted(String.join(", ", missing)))
                    .down();
        } else if (stopped.isEmpty()) {
            builder.message(context.getRoutesSize() + " routes are started").up();
        } else {
            builder.message("routes are not started: %s; their records wait in Kafka; start the routes or restart Wadi"
                            .formatted(String.join(", ", stopped)))
                    .down();
        }
    }
}
