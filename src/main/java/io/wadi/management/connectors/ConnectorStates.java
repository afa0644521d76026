package io.wadi.management.connectors;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.RouteWork.Target;
import io.wadi.kafka.RouteWork.Task;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.camel.component.kafka.TaskHealthState;

/** Says of connectors how they really are, in Kafka Connect's states. */
final class ConnectorStates {
    private final CamelContext context;
    private final RouteWork work;

    ConnectorStates(CamelContext context, RouteWork work) {
        this.context = context;
        this.work = work;
    }

    /** How a connector is now. */
    ConnectorStatus of(Connector connector) {
        ConnectorStatus.State state = route(connector.name());
        return new ConnectorStatus(state, state == ConnectorStatus.State.STOPPED ? List.of() : tasks(connector));
    }

    private ConnectorStatus.State route(String name) {
        Target target = work.target(name);
        if (target == Target.PAUSED) {
            return ConnectorStatus.State.PAUSED;
        }
        ServiceStatus now = context.getRouteController().getRouteStatus(name);
        if (target == Target.STOPPED || now == null) {
            return ConnectorStatus.State.STOPPED;
        }
        return switch (now) {
            case Started -> ConnectorStatus.State.RUNNING;
            case Starting -> ConnectorStatus.State.UNASSIGNED;
            case Suspending, Suspended -> ConnectorStatus.State.PAUSED;
            default -> ConnectorStatus.State.STOPPED;
        };
    }

    private List<ConnectorStatus.TaskStatus> tasks(Connector connector) {
        Route route = context.getRoute(connector.name());
        if (route == null) {
            return List.of();
        }
        if (connector.type() == Connector.Type.SINK && connector.keepsPlace()) {
            return threads(connector, route);
        }
        return IntStream.range(0, connector.threads())
                .mapToObj(id -> new ConnectorStatus.TaskStatus(id, other(connector.name()), Optional.empty()))
                .toList();
    }

    /** Of what has no threads of its own: paused once all is finished that it had begun. */
    private ConnectorStatus.State other(String name) {
        ConnectorStatus.State state = route(name);
        boolean isFinishing = state == ConnectorStatus.State.PAUSED
                && context.getInflightRepository().size(name) > 0;
        return isFinishing ? ConnectorStatus.State.RUNNING : state;
    }

    private List<ConnectorStatus.TaskStatus> threads(Connector connector, Route route) {
        Map<Integer, Task> there = work.tasks(connector.name());
        Iterator<String> ended = ended(route).iterator();
        List<ConnectorStatus.TaskStatus> threads = new ArrayList<>();
        for (int id = 0; id < connector.threads(); id++) {
            Task task = there.get(id);
            if (task != null) {
                threads.add(of(id, task));
            } else if (ended.hasNext()) {
                threads.add(
                        new ConnectorStatus.TaskStatus(id, ConnectorStatus.State.FAILED, Optional.of(ended.next())));
            } else {
                threads.add(new ConnectorStatus.TaskStatus(id, ConnectorStatus.State.UNASSIGNED, Optional.empty()));
            }
        }
        return threads;
    }

    private static ConnectorStatus.TaskStatus of(int id, Task task) {
        if (task.isPaused()) {
            return new ConnectorStatus.TaskStatus(id, ConnectorStatus.State.PAUSED, Optional.empty());
        }
        Optional<String> trouble = task.trouble();
        return new ConnectorStatus.TaskStatus(
                id, trouble.isPresent() ? ConnectorStatus.State.FAILED : ConnectorStatus.State.RUNNING, trouble);
    }

    /** Why threads of a route have ended that only a restart brings back. */
    private static List<String> ended(Route route) {
        return route.getConsumer() instanceof KafkaConsumer kafka
                ? kafka.healthStates().stream()
                        .filter(TaskHealthState::isTerminated)
                        .map(each -> each.getLastError() == null
                                ? "its thread has ended"
                                : Causes.inShort(each.getLastError()))
                        .toList()
                : List.of();
    }
}
