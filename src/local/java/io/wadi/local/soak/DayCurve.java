package io.wadi.local.soak;

import java.time.Duration;

/**
 * A weekday, compressed into the run: it begins and ends at midnight, is quietest at four in the morning with a fifth of the
 * peak, busiest at four in the afternoon, and a sine in between.
 *
 * @param length of the run, which is one day
 * @param peak events a second at the busiest time
 */
record DayCurve(Duration length, int peak) {
    private static final double NIGHT = 0.2;
    private static final double QUIETEST_HOUR = 4;

    /** Events a second at a time of the run, given in seconds since its begin. */
    double at(double second) {
        double hour = 24 * second * 1e3 / length.toMillis();
        double sine = Math.sin(Math.PI * (hour - QUIETEST_HOUR) / 24);
        return peak * (NIGHT + (1 - NIGHT) * sine * sine);
    }
}
