package io.wadi.local.soak;

import java.time.Duration;

/**
 * The load of a weekday, compressed into the run: it begins and ends at midnight, with a minimum of a fifth of the peak
 * at 4:00, the peak at 16:00, and a sine in between.
 *
 * @param length the length of the run
 * @param peak the maximum rate in events per second
 */
record DayCurve(Duration length, int peak) {
    private static final double NIGHT = 0.2;
    private static final double QUIETEST_HOUR = 4;

    /** Returns the events per second at a time in seconds since the start. */
    double at(double second) {
        double hour = 24 * second * 1e3 / length.toMillis();
        double sine = Math.sin(Math.PI * (hour - QUIETEST_HOUR) / 24);
        return peak * (NIGHT + (1 - NIGHT) * sine * sine);
    }
}
