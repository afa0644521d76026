package io.wadi.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The target states of routes, and the tasks that run each route. Target states last until the process ends; a route
 * that replaces another one with the same id keeps its target state. Thread-safe.
 */
public final class RouteControl {
    /** The additional endpoint property that passes the route id to the client factory. */
    public static final String ROUTE = "wadi.route";

    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Map<String, SortedMap<Integer, Task>> tasks = new ConcurrentHashMap<>();
    private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();
    private final ConsumerThreads threads = new ConsumerThreads();

    /** The requested state of a route. */
    public enum Target {
        /** Running, unless its file disables it. */
        RUNNING,
        /** Accepts no new records and completes those in flight; its consumers stay in their group. */
        PAUSED,
        STOPPED
    }

    /** A thread that runs a route. Implementations are thread-safe. */
    public interface Task {
        /** Returns whether the task accepts no new records and has none in flight. */
        boolean isPaused();

        /** Returns the failure that has lasted long enough to count for health. */
        Optional<String> lastingFailure();
    }

    /** Returns the target state; {@link Target#RUNNING} by default. */
    public Target target(String route) {
        return targets.getOrDefault(route, Target.RUNNING);
    }

    /** Returns whether a route may accept new records. */
    public boolean mayTake(String route) {
        return target(route) == Target.RUNNING;
    }

    /** Sets the target state. The route's consumers apply it on their next poll. */
    public void setTarget(String route, Target target) {
        if (target == Target.RUNNING) {
            targets.remove(route);
        } else {
            targets.put(route, target);
        }
        listeners.getOrDefault(route, Set.of()).forEach(Runnable::run);
    }

    /**
     * Adds a listener that is called whenever a route's target state is set. Returns the action that removes the
     * listener.
     */
    public Runnable onTargetSet(String route, Runnable listener) {
        Set<Runnable> ofRoute = listeners.computeIfAbsent(route, first -> ConcurrentHashMap.newKeySet());
        ofRoute.add(listener);
        return () -> ofRoute.remove(listener);
    }

    /** Registers a task of a route under the smallest free number. Returns the action that removes it. */
    public Runnable register(String route, Task task) {
        SortedMap<Integer, Task> ofRoute = tasks.computeIfAbsent(route, first -> new TreeMap<>());
        synchronized (ofRoute) {
            int number = 0;
            while (ofRoute.containsKey(number)) {
                number++;
            }
            ofRoute.put(number, task);
        }
        return () -> {
            synchronized (ofRoute) {
                ofRoute.values().remove(task);
            }
        };
    }

    public ConsumerThreads threads() {
        return threads;
    }

    /** Returns the tasks of a route by their numbers. */
    public SortedMap<Integer, Task> tasks(String route) {
        SortedMap<Integer, Task> ofRoute = tasks.getOrDefault(route, new TreeMap<>());
        synchronized (ofRoute) {
            return new TreeMap<>(ofRoute);
        }
    }
}
