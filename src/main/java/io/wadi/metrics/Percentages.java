package io.wadi.metrics;

/** Shares as Metricbeat writes them: 1 is 100 percent, rounded half up to four digits. */
final class Percentages {
    private static final double FOUR_DIGITS = 1e4;

    private Percentages() {}

    static double rounded(double share) {
        return Math.round(share * FOUR_DIGITS) / FOUR_DIGITS;
    }

    static double of(long part, long whole) {
        return rounded((double) part / whole);
    }
}
