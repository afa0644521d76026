package io.wadi.extension.cards.model;

import java.util.Arrays;

/** Quantile bins of the values of a feature. A value is rounded up to the edge of its bin. */
final class Bins {
    private static final int MAX_BINS = 128;

    private final double[] edges;

    private Bins(double[] edges) {
        this.edges = edges;
    }

    static Bins of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] edges = new double[MAX_BINS];
        for (int i = 0; i < MAX_BINS; i++) {
            edges[i] = sorted[(int) ((i + 1L) * (sorted.length - 1) / MAX_BINS)];
        }
        return new Bins(Arrays.stream(edges).distinct().toArray());
    }

    double binned(double value) {
        int found = Arrays.binarySearch(edges, value);
        return edges[Math.min(edges.length - 1, found >= 0 ? found : -found - 1)];
    }

    /**
     * Returns the largest edge at or below a threshold: as a threshold, the edge splits unbinned values as the original
     * threshold splits binned values.
     */
    double below(double threshold) {
        int found = Arrays.binarySearch(edges, threshold);
        return edges[Math.max(0, found >= 0 ? found : -found - 2)];
    }
}
