package io.wadi.runtime.reload;

import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;

/** Removes routes from a context, with everything that Camel leaves there. */
public final class RouteRemoval {
    private RouteRemoval() {}

    /** Removes a stopped route, its definition and its policies; either may be missing. */
    public static void remove(ModelCamelContext context, String id) throws Exception {
        Route route = context.getRoute(id);
        context.removeRoute(id);
        if (route != null) {
            removePolicies(context, route);
        }
        RouteDefinition left = context.getRouteDefinition(id);
        if (left != null) {
            context.removeRouteDefinition(left);
        }
    }

    /**
     * Removes the policies that factories have created for a route from the services of the context, which Camel does
     * not do when it removes the route. Policies in the registry may belong to other routes, too.
     */
    static void removePolicies(CamelContext context, Route route) throws Exception {
        Set<RoutePolicy> shared = context.getRegistry().findByType(RoutePolicy.class);
        for (RoutePolicy policy : route.getRoutePolicyList()) {
            if (policy instanceof Service && !shared.contains(policy)) {
                context.removeService(policy);
            }
        }
    }
}
