package io.wadi.kafka;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was asked of routes while they run, and the threads that do their work. It holds for this process and as long as that
 * runs; a route that is replaced under its id is asked the same. Thread-safe.
 */
public final class RouteWork {
    /** The additional property of an endpoint that tells the client factory its route. */
    public static final String ROUTE = "wadi.route";

    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Map<String, SortedMap<Integer, Task>> tasks = new ConcurrentHashMap<>();
    private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();
    private final ConsumerThreads threads = new ConsumerThreads(Clock.systemUTC());

    /** What a route is asked. */
    public enum Target {
        /** To do its work, as long as its file lets it. */
        RUNNING,
        /** To take nothing new, to finish what it has begun, and to keep its place: its consumers stay in their group. */
        PAUSED,
        /** To be stopped. */
        STOPPED
    }

    /** A thread that does a route's work. Thread-safe. */
    public interface Task {
        /** Whether it takes nothing new, and all that it had begun is finished. */
        boolean isPaused();

        /** What it has failed at for as long as counts for health, in words; nothing where all goes well. */
        Optional<String> trouble();
    }

    /** What a route is asked; to run, where nobody has said anything else. */
    public Target target(String route) {
        return targets.getOrDefault(route, Target.RUNNING);
    }

    /** Whether a route may take something new. */
    public boolean mayTake(String route) {
        return target(route) == Target.RUNNING;
    }

    /** Asks a route for something else from now on. Its consumers see to it by themselves, soon. */
    public void ask(String route, Target target) {
        if (target == Target.RUNNING) {
            targets.remove(route);
        } else {
            targets.put(route, target);
        }
        listeners.getOrDefault(route, Set.of()).forEach(Runnable::run);
    }

    /** Has it told whenever a route is asked for something, until what this returns is run. */
    public Runnable onAsked(String route, Runnable listener) {
        Set<Runnable> ofRoute = listeners.computeIfAbsent(route, first -> ConcurrentHashMap.newKeySet());
        ofRoute.add(listener);
        return () -> ofRoute.remove(listener);
    }

    /** A thread does work for a route, until what this returns is run. Its number is the smallest that no other of the route has. */
    public Runnable begun(String route, Task task) {
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

    /** The consumer threads of all routes and their last signs of life. */
    public ConsumerThreads threads() {
        return threads;
    }

    /** The threads that do work for a route now, by their numbers. */
    public SortedMap<Integer, Task> tasks(String route) {
        SortedMap<Integer, Task> ofRoute = tasks.getOrDefault(route, new TreeMap<>());
        synchronized (ofRoute) {
            return new TreeMap<>(ofRoute);
        }
    }
}
