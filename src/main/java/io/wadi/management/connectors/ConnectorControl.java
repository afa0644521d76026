package io.wadi.management.connectors;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.RouteControl.Target;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses, resumes, stops and restarts routes, one at a time and never during hot reload or shutdown. After a successful
 * request, the route has the requested state. A route is stopped in the same way as in a shutdown of the process:
 * records in flight are neither lost nor duplicated.
 */
final class ConnectorControl {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorControl.class);

    private final CamelContext context;
    private final RouteControl work;
    private final ConnectorStates states;
    private final Lock routeLock;
    private final Duration stopTimeout;
    private boolean isClosed;

    /**
     * Creates a control of the routes of a context.
     *
     * @param routeLock the lock that is held while routes change
     * @param stopTimeout maximum time for a route to stop
     */
    ConnectorControl(
            CamelContext context, RouteControl work, ConnectorStates states, Lock routeLock, Duration stopTimeout) {
        this.context = context;
        this.work = work;
        this.states = states;
        this.routeLock = routeLock;
        this.stopTimeout = stopTimeout;
    }

    /** Pauses a connector. It may still process records in flight after this method has returned. */
    void pause(Connector connector) throws ConnectException {
        changeExisting(connector.name(), "pause", () -> {
            if (connector.pausesStarted()) {
                requireOwnInput(connector.name());
            }
            work.setTarget(connector.name(), Target.PAUSED);
            if (connector.pausesStarted()) {
                start(connector.name());
            } else {
                stop(connector.name());
            }
        });
    }

    /**
     * Rejects the pause of a route with the same URI as another one: they share an endpoint, and its consumers apply
     * the state of one of both routes.
     */
    private void requireOwnInput(String route) throws ConnectException {
        Endpoint input = context.getRoute(route).getEndpoint();
        Optional<String> other = context.getRoutes().stream()
                .filter(each -> each.getEndpoint().equals(input))
                .map(Route::getRouteId)
                .filter(id -> !id.equals(route))
                .findFirst();
        if (other.isPresent()) {
            throw ConnectException.notAllowed(
                    "%s cannot be paused: route %s has the same URI; stop it, or add a clientId to one of the URIs"
                            .formatted(route, other.get()),
                    "");
        }
    }

    void resume(Connector connector) throws ConnectException {
        changeExisting(connector.name(), "resume", () -> {
            work.setTarget(connector.name(), Target.RUNNING);
            start(connector.name());
        });
    }

    /** Stops a connector and waits until it is stopped. */
    void stop(Connector connector) throws ConnectException {
        changeExisting(connector.name(), "stop", () -> {
            work.setTarget(connector.name(), Target.STOPPED);
            stop(connector.name());
        });
    }

    /**
     * Stops a connector and starts it again with all its threads. A paused connector stays paused, and a stopped
     * connector stays stopped.
     *
     * @param onlyFailed whether to restart the connector only if it or one of its threads has failed
     */
    void restart(Connector connector, boolean onlyFailed) throws ConnectException {
        changeExisting(connector.name(), "restart", () -> {
            ConnectorStatus now = states.of(connector);
            boolean isStopped = now.connector() == ConnectorStatus.State.STOPPED
                    || (!connector.pausesStarted() && now.connector() == ConnectorStatus.State.PAUSED);
            if (!isStopped && (!onlyFailed || now.hasFailed())) {
                stop(connector.name());
                start(connector.name());
            }
        });
    }

    /** Runs a query while no route is replaced, stopped or started, and returns its result. */
    <T> T locked(String what, Supplier<T> query) throws ConnectException {
        lock(what);
        try {
            return query.get();
        } finally {
            routeLock.unlock();
        }
    }

    /** Rejects changes from now on. Returns after the current change has ended. */
    void close() {
        routeLock.lock();
        try {
            isClosed = true;
        } finally {
            routeLock.unlock();
        }
    }

    // ---- during hot reload

    boolean isToStart(String route) {
        return work.mayTake(route);
    }

    /**
     * Applies the requested state to a route that has replaced another. An HTTP route is started even if it is to be
     * stopped, so that its path is registered and responds.
     */
    void applyTarget(String route, boolean pausesStarted) throws Exception {
        Target target = work.target(route);
        Route replacement = context.getRoute(route);
        if (target == Target.RUNNING || replacement == null || !pausesStarted) {
            return;
        }
        if (target == Target.PAUSED) {
            start(route);
        } else if (isHttp(replacement.getEndpoint())) {
            start(route);
            stop(route);
        }
    }

    private static boolean isHttp(Endpoint input) {
        return input.getEndpointUri().startsWith("platform-http:");
    }

    /** Runs a change of a connector, unless it was deleted meanwhile. */
    private void changeExisting(String connector, String verb, ThrowingRunnable<Exception> action)
            throws ConnectException {
        change(connector, verb, () -> {
            if (context.getRoute(connector) == null) {
                throw ConnectException.notFound("Unknown connector " + connector);
            }
            action.run();
        });
    }

    /** Runs a change of a connector while no other route changes. */
    void change(String connector, String verb, ThrowingRunnable<Exception> action) throws ConnectException {
        lock(verb + " " + connector);
        try {
            if (isClosed || context.isStopping()) {
                throw ConnectException.busy("cannot " + verb + " " + connector + ": Wadi is stopping");
            }
            LOG.info("Route {}: {} requested", connector, verb);
            action.run();
        } catch (ConnectException e) {
            throw e;
        } catch (Exception e) {
            throw ConnectException.failed(
                    "%s of %s failed: %s".formatted(verb, connector, Causes.inShort(Causes.innermost(e))), e);
        } finally {
            routeLock.unlock();
        }
    }

    private void lock(String what) throws ConnectException {
        try {
            if (!routeLock.tryLock(stopTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ConnectException.busy("cannot %s: another change of routes takes longer than %s; try again"
                        .formatted(what, Units.text(stopTimeout)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConnectException.busy("cannot " + what + ": interrupted; try again");
        }
    }

    private void start(String route) throws Exception {
        if (!context.getRouteController().getRouteStatus(route).isStarted()) {
            try {
                context.getRouteController().startRoute(route);
            } catch (Exception e) {
                states.hasFailedToStart(route, true);
                throw e;
            }
        }
        states.hasFailedToStart(route, false);
    }

    private void stop(String route) throws Exception {
        if (context.getRouteController().getRouteStatus(route).isStoppable()) {
            context.getRouteController().stopRoute(route, stopTimeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
