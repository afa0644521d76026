package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often what has happened to the partitions that are read here, route by route, in each ten seconds of the last hour. It takes
 * some 20 KB a route. Thread-safe.
 */
public final class Timeline {
    private static final long STEP_MS = 10_000;
    private static final int STEPS = 360;

    private final Clock clock;
    private final Map<String, Lane> lanes = new TreeMap<>();

    /** What happens to a partition. */
    public enum Happening {
        /** A file of it has become visible. */
        FILE,
        /** It is read here from then on. */
        TAKEN_OVER,
        /** It is read here no more. */
        HANDED_BACK,
        /** Its records could not be done, and are handed over again. */
        FAILED
    }

    /**
     * What has happened in ten seconds.
     *
     * @param time at which they began, in milliseconds since 1970
     */
    public record Step(long time, int files, int takenOver, int handedBack, int failed) {}

    /** A route's steps, each at the place of its time; what stands there of an hour before is over. */
    private static final class Lane {
        private final long[] times = new long[STEPS];
        private final Map<Happening, int[]> counts = new EnumMap<>(Happening.class);

        Lane() {
            for (Happening each : Happening.values()) {
                counts.put(each, new int[STEPS]);
            }
        }

        void add(Happening what, long step) {
            int at = (int) (step % STEPS);
            if (times[at] != step) {
                times[at] = step;
                counts.values().forEach(each -> each[at] = 0);
            }
            counts.get(what)[at]++;
        }

        List<Step> steps(long now) {
            List<Step> steps = new ArrayList<>();
            for (long step = now - STEPS + 1; step < now; step++) {
                int at = (int) (step % STEPS);
                if (step > 0 && times[at] == step) {
                    steps.add(new Step(
                            step * STEP_MS,
                            count(Happening.FILE, at),
                            count(Happening.TAKEN_OVER, at),
                            count(Happening.HANDED_BACK, at),
                            count(Happening.FAILED, at)));
                }
            }
            return steps;
        }

        private int count(Happening what, int at) {
            return counts.get(what)[at];
        }
    }

    Timeline(Clock clock) {
        this.clock = clock;
    }

    synchronized void add(String route, Happening what) {
        lanes.computeIfAbsent(route, any -> new Lane()).add(what, step());
    }

    private long step() {
        return clock.millis() / STEP_MS;
    }

    /** The steps that are over, of each route those in which something has happened, the oldest first. */
    public synchronized Map<String, List<Step>> steps() {
        Map<String, List<Step>> steps = new TreeMap<>();
        lanes.forEach((route, lane) -> steps.put(route, lane.steps(step())));
        return steps;
    }
}
