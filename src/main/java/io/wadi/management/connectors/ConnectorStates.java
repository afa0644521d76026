package io.wadi.management.connectors;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.RouteControl.Target;
import io.wadi.kafka.RouteControl.Task;
import io.wadi.management.connectors.ConnectorStatus.State;
import io.wadi.management.connectors.ConnectorStatus.TaskStatus;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.camel.component.kafka.TaskHealthState;

/** Determines the states of connectors and maps them to Kafka Connect's states. */
final class ConnectorStates {
    private final CamelContext context;
    private final RouteControl work;
    private final Set<String> failedStarts = ConcurrentHashMap.newKeySet();

    ConnectorStates(CamelContext context, RouteControl work) {
        this.context = context;
        this.work = work;
    }

    /** Records whether the last requested start of a route has failed. */
    void hasFailedToStart(String route, boolean hasFailed) {
        if (hasFailed) {
            failedStarts.add(route);
        } else {
            failedStarts.remove(route);
        }
    }

    ConnectorStatus of(Connector connector) {
        State state = route(connector.name());
        boolean hasTasks = state != State.STOPPED && state != State.FAILED;
        return new ConnectorStatus(state, hasTasks ? tasks(connector) : List.of());
    }

    private State route(String name) {
        Target target = work.target(name);
        if (target == Target.PAUSED) {
            return State.PAUSED;
        }
        ServiceStatus now = context.getRouteController().getRouteStatus(name);
        if (target == Target.STOPPED || now == null) {
            return State.STOPPED;
        }
        if (now.isStarted()) {
            failedStarts.remove(name);
        }
        return switch (now) {
            case Started -> State.RUNNING;
            case Starting -> State.UNASSIGNED;
            case Suspending, Suspended -> State.PAUSED;
            default -> failedStarts.contains(name) ? State.FAILED : State.STOPPED;
        };
    }

    private List<TaskStatus> tasks(Connector connector) {
        Route route = context.getRoute(connector.name());
        if (route == null) {
            return List.of();
        }
        if (connector.type() == Connector.Type.SINK && connector.pausesStarted()) {
            return threads(connector, route);
        }
        return IntStream.range(0, connector.threads())
                .mapToObj(id -> withoutThreads(id, route))
                .toList();
    }

    /** Returns a task of a route without consumer threads. It is paused once no exchange is in flight. */
    private TaskStatus withoutThreads(int id, Route route) {
        State state = route(route.getRouteId());
        if (state == State.RUNNING && route.getConsumer() instanceof Task source) {
            return of(id, source);
        }
        boolean isFinishing =
                state == State.PAUSED && context.getInflightRepository().size(route.getRouteId()) > 0;
        return new TaskStatus(id, isFinishing ? State.RUNNING : state, Optional.empty());
    }

    private List<TaskStatus> threads(Connector connector, Route route) {
        Map<Integer, Task> running = work.tasks(connector.name());
        Iterator<String> ended = ended(route).iterator();
        List<TaskStatus> threads = new ArrayList<>();
        for (int id = 0; id < connector.threads(); id++) {
            Task task = running.get(id);
            if (task != null) {
                threads.add(of(id, task));
            } else if (ended.hasNext()) {
                threads.add(new TaskStatus(id, State.FAILED, Optional.of(ended.next())));
            } else {
                threads.add(new TaskStatus(id, State.UNASSIGNED, Optional.empty()));
            }
        }
        return threads;
    }

    private static TaskStatus of(int id, Task task) {
        if (task.isPaused()) {
            return new TaskStatus(id, State.PAUSED, Optional.empty());
        }
        Optional<String> problem = task.lastingFailure();
        return new TaskStatus(id, problem.isPresent() ? State.FAILED : State.RUNNING, problem);
    }

    /**
     * Returns the causes of terminated threads of a route; only a restart of the route starts them again. None while
     * the route starts or stops: Camel changes its list of threads meanwhile, without synchronization.
     */
    private static List<String> ended(Route route) {
        if (!(route.getConsumer() instanceof KafkaConsumer kafka)) {
            return List.of();
        }
        List<TaskHealthState> threads;
        try {
            threads = kafka.healthStates();
        } catch (ConcurrentModificationException e) {
            return List.of();
        }
        return threads.stream()
                .filter(TaskHealthState::isTerminated)
                .map(each ->
                        each.getLastError() == null ? "its thread has terminated" : Causes.inShort(each.getLastError()))
                .toList();
    }
}
