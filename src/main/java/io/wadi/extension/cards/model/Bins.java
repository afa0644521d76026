package io.wadi.extension.cards.model;

import java.util.Arrays;

/** A feature's values made few: each becomes the next of some values that stand about as far apart as there are examples. */
final class Bins {
    private static final int MOST = 128;

    private final double[] edges;

    private Bins(double[] edges) {
        this.edges = edges;
    }

    /** By the values there are. */
    static Bins of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] edges = new double[MOST];
        for (int i = 0; i < MOST; i++) {
            edges[i] = sorted[(int) ((i + 1L) * (sorted.length - 1) / MOST)];
        }
        return new Bins(Arrays.stream(edges).distinct().toArray());
    }

    /** What a value becomes. */
    double binned(double value) {
        int found = Arrays.binarySearch(edges, value);
        return edges[Math.min(edges.length - 1, found >= 0 ? found : -found - 1)];
    }

    /** The value up to which all are on the same side of a threshold between what values become. */
    double below(double threshold) {
        int found = Arrays.binarySearch(edges, threshold);
        return edges[Math.max(0, found >= 0 ? found : -found - 2)];
    }
}
