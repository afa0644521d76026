package io.wadi.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/**
 * The routes of a Camel context, including those that a hot reload is replacing: a removed route determines the targets
 * and groups of its topics until its replacement has started. Thread-safe.
 */
public final class ReplacedRoutes {
    private volatile List<Route> leaving = List.of();
    private volatile Set<String> changing = Set.of();

    /** Creates an instance without replaced routes, and adds it to the context. */
    public static ReplacedRoutes in(CamelContext context) {
        ReplacedRoutes created = new ReplacedRoutes();
        context.getCamelContextExtension().addContextPlugin(ReplacedRoutes.class, created);
        return created;
    }

    /** Returns the instance of a context; null if it has none. */
    private static ReplacedRoutes of(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(ReplacedRoutes.class);
    }

    /** Returns the routes of a context, followed by removed routes that are being replaced. */
    public static List<Route> all(CamelContext context) {
        ReplacedRoutes replaced = of(context);
        // Read before the context's routes, so that a route that is added or removed concurrently is not missed.
        List<Route> leaving = replaced == null ? List.of() : replaced.leaving;
        List<Route> running = List.copyOf(context.getRoutes());
        return Stream.concat(
                        running.stream(),
                        leaving.stream()
                                .filter(each -> running.stream()
                                        .noneMatch(other -> other.getRouteId().equals(each.getRouteId()))))
                .toList();
    }

    /** Returns whether a change that stops, removes, adds or starts the route is in progress. */
    public static boolean isChanging(CamelContext context, String route) {
        ReplacedRoutes replaced = of(context);
        return replaced != null && replaced.changing.contains(route);
    }

    /**
     * Returns whether a change of the route is in progress, or its rollback has failed, so that the route may be
     * missing although it existed before and will exist afterwards.
     */
    public static boolean isReplaced(CamelContext context, String route) {
        ReplacedRoutes replaced = of(context);
        return replaced != null
                && (replaced.changing.contains(route)
                        || replaced.leaving.stream()
                                .anyMatch(each -> each.getRouteId().equals(route)));
    }

    /**
     * Sets the ids of all routes that a change stops or starts; an empty collection once the change has ended or its
     * rollback has failed.
     */
    public void setChanging(Collection<String> routes) {
        changing = Set.copyOf(routes);
    }

    /**
     * Sets the routes that a change replaces, before it removes the first one; an empty collection once the change has
     * ended.
     */
    public void set(Collection<Route> routes) {
        leaving = List.copyOf(routes);
    }
}
