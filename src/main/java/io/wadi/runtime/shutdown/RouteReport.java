package io.wadi.runtime.shutdown;

import java.util.Locale;

/**
 * The result of stopping one route.
 *
 * @param route the route's id
 * @param isInternal whether it is a route of the management port
 * @param phase the phase it stopped in, from 1
 * @param unit the unit of the counts, {@code records} or {@code exchanges}
 * @param inFlight work in flight when the stop began
 * @param left unfinished work; unfinished records are processed again by the next owner of their partitions
 * @param millis the duration of the stop
 * @param problem why the route could not be stopped, or not in time; null after a clean stop
 */
record RouteReport(
        String route,
        boolean isInternal,
        int phase,
        String unit,
        long inFlight,
        long left,
        long millis,
        String problem) {
    private static final long IDLE_MS = 200;

    long finished() {
        return Math.max(0, inFlight - left);
    }

    boolean wasIdle() {
        return isDrained() && inFlight == 0 && millis < IDLE_MS;
    }

    boolean isDrained() {
        return left == 0 && problem == null;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%d %s: %d %s in flight, %d finished, %d left, %.2f s%s",
                phase,
                route,
                inFlight,
                unit,
                finished(),
                left,
                millis / 1000.0,
                problem == null ? "" : ": " + problem);
    }
}
