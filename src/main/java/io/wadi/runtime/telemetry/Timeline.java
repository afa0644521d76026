package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of partition events by route, in steps of ten seconds over the last hour. It takes about 20 KB per route
 * with events in that time. Thread-safe.
 */
public final class Timeline {
    private static final long STEP_MS = 10_000;
    private static final int STEPS = 360;

    private final Clock clock;
    private final Map<String, RouteSteps> routes = new TreeMap<>();

    /** An event of a partition. */
    public enum Event {
        FILE_PUBLISHED,
        ASSIGNED,
        REVOKED,
        /** A batch failed and is retried. */
        FAILED
    }

    /**
     * The counts of one step.
     *
     * @param time the start of the step, in milliseconds since 1970
     */
    public record Step(long time, int files, int assigned, int revoked, int failed) {}

    /** The ring buffer of a route's steps. */
    private static final class RouteSteps {
        private final long[] times = new long[STEPS];
        private final Map<Event, int[]> counts = new EnumMap<>(Event.class);
        private long last;

        RouteSteps() {
            for (Event each : Event.values()) {
                counts.put(each, new int[STEPS]);
            }
        }

        void add(Event event, long step) {
            int at = (int) (step % STEPS);
            if (times[at] != step) {
                times[at] = step;
                counts.values().forEach(each -> each[at] = 0);
            }
            counts.get(event)[at]++;
            last = step;
        }

        List<Step> steps(long now) {
            List<Step> steps = new ArrayList<>();
            for (long step = now - STEPS + 1; step < now; step++) {
                int at = (int) (step % STEPS);
                if (step > 0 && times[at] == step) {
                    steps.add(new Step(
                            step * STEP_MS,
                            count(Event.FILE_PUBLISHED, at),
                            count(Event.ASSIGNED, at),
                            count(Event.REVOKED, at),
                            count(Event.FAILED, at)));
                }
            }
            return steps;
        }

        private int count(Event event, int at) {
            return counts.get(event)[at];
        }
    }

    Timeline(Clock clock) {
        this.clock = clock;
    }

    synchronized void add(String route, Event event) {
        long now = step();
        if (!routes.containsKey(route)) {
            routes.values().removeIf(other -> other.last <= now - STEPS);
        }
        routes.computeIfAbsent(route, any -> new RouteSteps()).add(event, now);
    }

    private long step() {
        return clock.millis() / STEP_MS;
    }

    /** Returns the completed steps with events by route, oldest first. */
    public synchronized Map<String, List<Step>> steps() {
        Map<String, List<Step>> steps = new TreeMap<>();
        routes.forEach((route, each) -> steps.put(route, each.steps(step())));
        return steps;
    }
}
