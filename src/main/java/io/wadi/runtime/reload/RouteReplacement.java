package io.wadi.runtime.reload;

import io.wadi.kafka.Intercepted;
import io.wadi.kafka.ReplacedRoutes;
import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a change to a running context: tries it out, stops the routes to remove in order, and starts the routes to
 * add. If a route does not start, the change is rolled back. Not thread-safe.
 */
final class RouteReplacement {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReplacement.class);

    private final ModelCamelContext context;
    private final Supplier<RouteHold> requests;
    private final Supplier<RouteTargetState> target;
    private final Duration stopWithin;
    private final ReplacedRoutes replaced;
    private final RouteLoader loader;
    private final RouteTrial trial;
    private final CamelErrors reasons;
    private final RouteErrors mistakes;

    /** The names of the entries that a failed rollback has restored; a retry must not add or start them again. */
    private final Set<String> restored = new HashSet<>();

    /** Adds a route of a change and starts it. */
    private interface Adding {
        void add(RouteChange change, RouteFileEntry route) throws RejectedChangeException;
    }

    RouteReplacement(
            ModelCamelContext context,
            Supplier<RouteHold> requests,
            Supplier<RouteTargetState> target,
            Duration stopWithin) {
        this.context = context;
        this.requests = requests;
        this.target = target;
        this.stopWithin = stopWithin;
        replaced = ReplacedRoutes.in(context);
        loader = new RouteLoader(context);
        reasons = new CamelErrors(context);
        mistakes = new RouteErrors(context);
        trial = new RouteTrial(context, loader, mistakes);
    }

    /**
     * Applies the whole change or none of it.
     *
     * @throws RejectedChangeException if the change cannot be applied; the previous routes run
     * @throws RollbackFailedException if the change cannot be applied and the rollback has failed
     */
    void apply(RouteChange change) throws RejectedChangeException, InterruptedException {
        trial.run(change);
        replaced.set(routes(change.removedRoutes()));
        // Requests are held until the new routes run or, after a rollback, the previous routes run again.
        try (RouteHold.Held held = hold(change)) {
            try {
                replaced.setChanging(Stream.concat(change.removedRoutes().stream(), change.addedRoutes().stream())
                        .map(RouteFileEntry::id)
                        .collect(Collectors.toSet()));
                loader.replaceShared(change);
                replace(change, held, this::add);
                replaced.set(List.of());
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | Error e) {
                FatalErrors.endOn(e);
                LOG.debug("Not replaced", e);
                restored.clear();
                rollBack(change, held);
                throw new RejectedChangeException(
                        e instanceof RejectedChangeException refused ? refused.mistakes() : List.of(reasons.of(e)));
            } finally {
                replaced.setChanging(Set.of());
            }
        }
    }

    /** Restores the previous routes; may be repeated after a {@link RollbackFailedException}. */
    void rollBack(RouteChange change) throws InterruptedException {
        rollBack(change, () -> {});
    }

    /** Restores each previous route, also after one of them has failed. */
    private void rollBack(RouteChange change, RouteHold.Held ofPrevious) throws InterruptedException {
        RouteChange back = change.back().without(restored);
        List<String> failures = new ArrayList<>();
        try (RouteHold.Held ofNew = hold(back)) {
            RouteHold.Held both = () -> {
                ofPrevious.close();
                ofNew.close();
            };
            loader.replaceShared(back);
            back.shared().forEach(each -> restored.add(each.name()));
            replace(back, both, (previous, route) -> {
                try {
                    add(previous, route);
                    restored.add(route.name());
                } catch (RejectedChangeException e) {
                    failures.addAll(e.mistakes());
                }
            });
            if (!failures.isEmpty()) {
                throw new RejectedChangeException(failures);
            }
            replaced.set(List.of());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            throw new RollbackFailedException(change.summary() + ": " + reasons.of(e), e);
        }
    }

    /** Holds the requests for routes that are to be replaced. */
    private RouteHold.Held hold(RouteChange change) {
        return requests.get()
                .hold(
                        routes(change.removedRoutes().stream()
                                        .filter(item -> !change.before().isFlow(item))
                                        .toList())
                                .stream()
                                .map(route -> Intercepted.original(route.getEndpoint()))
                                .toList());
    }

    /** Replaces routes; flows last, so that held requests do not wait for records in flight. */
    private void replace(RouteChange change, RouteHold.Held held, Adding adding) throws Exception {
        replace(change, item -> !isFlow(change, item), adding);
        held.close();
        replace(change, item -> isFlow(change, item), adding);
    }

    private List<Route> routes(List<RouteFileEntry> items) {
        return items.stream()
                .map(item -> context.getRoute(item.id()))
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Returns whether the route with this id is a flow before and after the change, as far as it exists; others are
     * replaced while requests are held.
     */
    private static boolean isFlow(RouteChange change, RouteFileEntry item) {
        return Stream.of(change.before(), change.after())
                .allMatch(entries -> Optional.ofNullable(entries.live().get(item.name()))
                        .map(entries::isFlow)
                        .orElse(true));
    }

    private void replace(RouteChange change, Predicate<RouteFileEntry> wanted, Adding adding) throws Exception {
        List<RouteFileEntry> removed =
                change.removedRoutes().stream().filter(wanted).toList();
        for (RouteFileEntry item : removed) {
            context.getRouteController().stopRoute(item.id(), stopWithin.toMillis(), TimeUnit.MILLISECONDS);
        }
        for (RouteFileEntry item : removed) {
            RouteRemoval.remove(context, item.id());
        }
        List<RouteFileEntry> added =
                change.addedRoutes().stream().filter(wanted).toList();
        for (RouteFileEntry item : added) {
            adding.add(change, item);
        }
    }

    private void add(RouteChange change, RouteFileEntry item) throws RejectedChangeException {
        Set<String> stopped = target.get().isToStart(item.id()) ? Set.of() : Set.of(item.id());
        try {
            add(loader.load(change.after(), item.file(), List.of(item)), stopped);
            target.get().applyTo(item.id());
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            throw new RejectedChangeException(mistakes.of(List.of(item), e));
        }
        Route route = context.getRoute(item.id());
        if (route == null && context.getRouteDefinition(item.id()) == null) {
            return; // Camel does not add a route that its precondition excludes.
        }
        ServiceStatus status = context.getRouteController().getRouteStatus(item.id());
        boolean isToStart = route != null && route.isAutoStartup() && stopped.isEmpty();
        if (route == null || (isToStart && !status.isStarted())) {
            throw new RejectedChangeException("%s: the route %s has not started: its status is %s, expected Started"
                    .formatted(item.at(), item.id(), status));
        }
    }

    /** Adds routes and starts them, except stopped ones. A route of a template has no definition before it is added. */
    private void add(List<RouteBuilder> builders, Set<String> stopped) throws Exception {
        String excluded = context.getAutoStartupExcludePattern();
        context.setAutoStartupExcludePattern(
                Stream.concat(Stream.ofNullable(excluded), stopped.stream()).collect(Collectors.joining(",")));
        try {
            for (RouteBuilder builder : builders) {
                for (RouteDefinition route : builder.configureRoutes(context).getRoutes()) {
                    if (stopped.contains(route.getRouteId())) {
                        route.setAutoStartup("false");
                    }
                }
                builder.addRoutesToCamelContext(context);
                builder.addTemplatedRoutesToCamelContext(context);
            }
        } finally {
            context.setAutoStartupExcludePattern(excluded);
        }
    }
}
