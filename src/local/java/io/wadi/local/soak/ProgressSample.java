package io.wadi.local.soak;

import java.util.Map;

/**
 * The progress of landing and indexing at one time. Unknown partitions are missing in the maps.
 *
 * @param second seconds since the start of the run
 * @param inKafka the end offsets by partition
 * @param landed the committed offsets of landing
 * @param indexed the committed offsets of indexing
 */
record ProgressSample(
        double second, Map<Integer, Long> inKafka, Map<Integer, Long> landed, Map<Integer, Long> indexed) {
    /** Returns landing's lag in records; NaN if unknown. */
    double landingLag() {
        return lag(landed);
    }

    /** Returns indexing's lag in records; NaN if unknown. */
    double indexingLag() {
        return lag(indexed);
    }

    private double lag(Map<Integer, Long> committed) {
        return inKafka.isEmpty() ? Double.NaN : sum(inKafka) - sum(committed);
    }

    private static double sum(Map<Integer, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns whether the offsets are at least those of {@code to} in every partition. */
    static boolean reaches(Map<Integer, Long> offsets, Map<Integer, Long> to) {
        return to.entrySet().stream().allMatch(each -> offsets.getOrDefault(each.getKey(), 0L) >= each.getValue());
    }
}
