package io.wadi.management.connectors;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.RouteWork.Target;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses, resumes, stops and restarts routes, one at a time and never while routes are replaced or the process stops: a route is
 * always what was asked last, or the caller is told why not. A route is stopped as Wadi stops, so nothing that it had begun is
 * lost or doubled.
 */
final class ConnectorControl {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorControl.class);

    private final CamelContext context;
    private final RouteWork work;
    private final ConnectorStates states;
    private final Lock changing;
    private final Duration stopWithin;
    private boolean isOver;

    /**
     * Takes who knows what routes are asked, what is held while routes change, and how long a route may take to stop before it
     * is given up.
     */
    ConnectorControl(CamelContext context, RouteWork work, ConnectorStates states, Lock changing, Duration stopWithin) {
        this.context = context;
        this.work = work;
        this.states = states;
        this.changing = changing;
        this.stopWithin = stopWithin;
    }

    /** Has a connector take nothing new. It finishes what it has begun by itself, after this returns. */
    void pause(Connector connector) throws ConnectException {
        change(connector, "pause", () -> {
            work.ask(connector.name(), Target.PAUSED);
            if (connector.keepsPlace()) {
                start(connector.name());
            } else {
                stop(connector.name());
            }
        });
    }

    /** Has a connector do its work again. */
    void resume(Connector connector) throws ConnectException {
        change(connector, "resume", () -> {
            work.ask(connector.name(), Target.RUNNING);
            start(connector.name());
        });
    }

    /** Stops a connector; returns when it is stopped. */
    void stop(Connector connector) throws ConnectException {
        change(connector, "stop", () -> {
            work.ask(connector.name(), Target.STOPPED);
            stop(connector.name());
        });
    }

    /**
     * Stops a connector and starts it again, all its threads; one that is paused stays so, and one that is stopped is left alone.
     *
     * @param onlyFailed leave alone one that goes on
     */
    void restart(Connector connector, boolean onlyFailed) throws ConnectException {
        change(connector, "restart", () -> {
            ConnectorStatus now = states.of(connector);
            boolean isStanding = now.connector() == ConnectorStatus.State.STOPPED
                    || (!connector.keepsPlace() && now.connector() == ConnectorStatus.State.PAUSED);
            if (!isStanding && (!onlyFailed || now.hasFailed())) {
                stop(connector.name());
                start(connector.name());
            }
        });
    }

    /** Looks while no route is being replaced, stopped or started. */
    <T> T look(String what, Supplier<T> look) throws ConnectException {
        lock(what);
        try {
            return look.get();
        } finally {
            changing.unlock();
        }
    }

    /** Nothing is changed any more once this returns. */
    void close() {
        changing.lock();
        try {
            isOver = true;
        } finally {
            changing.unlock();
        }
    }

    // ---- where routes are replaced

    /** Whether a route is to be started where it takes its place. */
    boolean isToStart(String route) {
        return work.mayTake(route);
    }

    /**
     * Brings a route that has taken another's place to what was asked of that. One that takes requests is started in any case, so
     * that its path is there to say that it is stopped.
     */
    void hasCome(String route, boolean keepsPlace) throws Exception {
        Target target = work.target(route);
        Route come = context.getRoute(route);
        if (target == Target.RUNNING || come == null || !keepsPlace) {
            return;
        }
        if (target == Target.PAUSED) {
            start(route);
        } else if (isAsked(come.getEndpoint())) {
            start(route);
            stop(route);
        }
    }

    private static boolean isAsked(Endpoint input) {
        return input.getEndpointUri().startsWith("platform-http:");
    }

    // ---- under the lock

    private interface Action {
        void run() throws Exception;
    }

    private void change(Connector connector, String verb, Action action) throws ConnectException {
        lock(verb + " " + connector.name());
        try {
            if (isOver || context.isStopping()) {
                throw ConnectException.busy("Wadi is stopping: " + connector.name() + " stops with it");
            }
            LOG.info("{} {}", connector.name(), verb);
            action.run();
        } catch (ConnectException e) {
            throw e;
        } catch (Exception e) {
            throw ConnectException.failed(
                    "%s could not %s: %s".formatted(connector.name(), verb, Causes.inShort(Causes.innermost(e))), e);
        } finally {
            changing.unlock();
        }
    }

    private void lock(String what) throws ConnectException {
        try {
            if (!changing.tryLock(stopWithin.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ConnectException.busy("routes are being changed for more than %s: %s was not done, try again"
                        .formatted(stopWithin, what));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConnectException.busy("interrupted: " + what + " was not done, try again");
        }
    }

    private void start(String route) throws Exception {
        if (!context.getRouteController().getRouteStatus(route).isStarted()) {
            context.getRouteController().startRoute(route);
        }
    }

    private void stop(String route) throws Exception {
        if (context.getRouteController().getRouteStatus(route).isStoppable()) {
            context.getRouteController().stopRoute(route, stopWithin.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
