package io.wadi.runtime.shutdown;

import java.util.Locale;

/**
 * How a route has stopped.
 *
 * @param route its id
 * @param isOfFile whether it stands in a route file
 * @param phase the phase it stopped in, from 1
 * @param unit what is counted: {@code records}, or {@code exchanges}, which are requests where it takes them
 * @param inFlight what had been begun when its stop began
 * @param left what was not finished; of records: is done again by who reads the partitions next
 * @param millis how long its stop took
 * @param trouble why it could not be stopped, or not in time; null where there was nothing
 */
record RouteReport(
        String route, boolean isOfFile, int phase, String unit, long inFlight, long left, long millis, String trouble) {
    private static final long IDLE_MS = 200;

    /** What had been begun and was finished. */
    long finished() {
        return Math.max(0, inFlight - left);
    }

    /** Whether there is nothing to say of it. */
    boolean wasIdle() {
        return isDrained() && inFlight == 0 && millis < IDLE_MS;
    }

    boolean isDrained() {
        return left == 0 && trouble == null;
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
                trouble == null ? "" : ": " + trouble);
    }
}
