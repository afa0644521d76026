package io.wadi.runtime.health;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Whether all routes are started that are to be, and that nobody has stopped: down before, and from when the process begins to stop. */
public final class RoutesStarted extends AbstractHealthCheck {
    private final Predicate<String> isToRun;

    /** Takes which routes are to run as far as somebody has said something, by their ids; reads the context that it is registered in. */
    public RoutesStarted(Predicate<String> isToRun) {
        super("wadi", "wadi-routes");
        this.isToRun = isToRun;
    }

    /** Whether the start is over: it once was, also where routes were stopped later. */
    public static boolean isOver(CamelContext context) {
        ServiceStatus status = context.getStatus();
        return status == ServiceStatus.Started || status.isStopping() || status.isSuspended();
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        CamelContext context = getCamelContext();
        if (context.getStatus() != ServiceStatus.Started) {
            builder.message("the routes are %s; requests are %s"
                            .formatted(
                                    context.getStatus().isStopping() ? "being stopped" : "not started yet",
                                    context.getStatus().isStopping() ? "not taken any more" : "taken once they are"))
                    .down();
            return;
        }
        List<String> stopped = context.getRoutes().stream()
                .filter(Route::isAutoStartup)
                .filter(route ->
                        context.getRouteController().getRouteStatus(route.getRouteId()) != ServiceStatus.Started)
                .map(Route::getRouteId)
                .filter(isToRun)
                .sorted()
                .toList();
        if (stopped.isEmpty()) {
            builder.message(context.getRoutesSize() + " routes are started").up();
        } else {
            builder.message("routes are not started: %s; their records wait until somebody starts them or restarts Wadi"
                            .formatted(String.join(", ", stopped)))
                    .down();
        }
    }
}
