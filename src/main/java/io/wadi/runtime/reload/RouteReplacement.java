package io.wadi.runtime.reload;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a change over in a running context. Once it has been tried, the routes that leave stop in order and those that come take
 * their place. Where one of these does not start, all is put back. Not thread-safe.
 */
final class RouteReplacement {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReplacement.class);

    private final ModelCamelContext context;
    private final Supplier<RouteHold> requests;
    private final Supplier<RouteTargetState> target;
    private final Duration stopWithin;
    private final RouteLoader loader;
    private final RouteTrial trial;
    private final Reasons reasons;
    private final RouteMistakes mistakes;

    RouteReplacement(
            ModelCamelContext context,
            Supplier<RouteHold> requests,
            Supplier<RouteTargetState> target,
            Duration stopWithin) {
        this.context = context;
        this.requests = requests;
        this.target = target;
        this.stopWithin = stopWithin;
        loader = new RouteLoader(context);
        reasons = new Reasons(context);
        mistakes = new RouteMistakes(context);
        trial = new RouteTrial(context, loader, mistakes);
    }

    /**
     * Takes it over as a whole.
     *
     * @throws RejectedChangeException where it cannot be: what was before runs, as if nothing had been
     * @throws RollbackFailedException where it cannot be, and what was before does not run either
     */
    void apply(RouteChange change) throws RejectedChangeException, InterruptedException {
        trial.run(change);
        try {
            replace(change);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("Not replaced", e);
            putBack(change);
            throw new RejectedChangeException(
                    e instanceof RejectedChangeException refused ? refused.mistakes() : List.of(reasons.of(e)));
        }
    }

    /** Brings back what was before; once more, after a {@link RollbackFailedException}. */
    void putBack(RouteChange change) throws InterruptedException {
        try {
            replace(change.back());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new RollbackFailedException(change.said() + ": " + reasons.of(e), e);
        }
    }

    /** Flows last: nobody waits for them, and nobody is to wait until they have finished. */
    private void replace(RouteChange change) throws Exception {
        loader.replaceShared(change);
        List<Endpoint> inputs = change.leavingRoutes().stream()
                .filter(item -> !change.before().isFlow(item))
                .map(item -> context.getRoute(item.id()))
                .filter(Objects::nonNull)
                .map(Route::getEndpoint)
                .toList();
        try (RouteHold.Held hold = requests.get().hold(inputs)) {
            Objects.requireNonNull(hold, "held until they are replaced");
            replace(change, item -> !isFlow(change, item));
        }
        replace(change, item -> isFlow(change, item));
    }

    /** One that is a flow only now, or was one, takes its place beside those that are held. */
    private static boolean isFlow(RouteChange change, RouteFileEntry item) {
        return change.before().isFlow(item) && change.after().isFlow(item);
    }

    private void replace(RouteChange change, Predicate<RouteFileEntry> wanted) throws Exception {
        List<RouteFileEntry> leaving =
                change.leavingRoutes().stream().filter(wanted).toList();
        for (RouteFileEntry item : leaving) {
            context.getRouteController().stopRoute(item.id(), stopWithin.toMillis(), TimeUnit.MILLISECONDS);
        }
        for (RouteFileEntry item : leaving) {
            context.removeRoute(item.id());
            RouteDefinition left = context.getRouteDefinition(item.id());
            if (left != null) {
                context.removeRouteDefinition(left);
            }
        }
        List<RouteFileEntry> coming =
                change.comingRoutes().stream().filter(wanted).toList();
        for (String file : RouteLoader.filesOf(coming)) {
            add(change, coming.stream().filter(item -> item.file().equals(file)).toList());
        }
    }

    private void add(RouteChange change, List<RouteFileEntry> items) throws RejectedChangeException {
        try {
            for (RouteBuilder builder : loader.load(change.after(), items.get(0).file(), items)) {
                for (RouteDefinition route : builder.configureRoutes(context).getRoutes()) {
                    if (!target.get().isToStart(route.getRouteId())) {
                        route.setAutoStartup("false");
                    }
                }
                builder.addRoutesToCamelContext(context);
                builder.addTemplatedRoutesToCamelContext(context);
            }
            for (RouteFileEntry item : items) {
                if (item.isOfTemplate() && !target.get().isToStart(item.id())) {
                    context.getRouteController().stopRoute(item.id());
                }
                target.get().hasCome(item.id());
            }
        } catch (Exception e) {
            throw new RejectedChangeException(mistakes.of(items, e));
        }
        for (RouteFileEntry item : items) {
            Route route = context.getRoute(item.id());
            ServiceStatus status = context.getRouteController().getRouteStatus(item.id());
            if (route == null || (route.isAutoStartup() && !status.isStarted())) {
                throw new RejectedChangeException("%s: the route %s has not started".formatted(item.at(), item.id()));
            }
        }
    }
}
