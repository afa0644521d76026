package io.wadi.local.soak;

import java.util.Map;

/**
 * How far everything is, at a time. Partitions that nothing is known of are not in the maps.
 *
 * @param second since the begin of the run
 * @param inKafka where each partition ends
 * @param landed what landing has committed
 * @param indexed what indexing has committed
 */
record Look(double second, Map<Integer, Long> inKafka, Map<Integer, Long> landed, Map<Integer, Long> indexed) {
    /** Records that landing has not committed; NaN where Kafka did not say. */
    double landingLag() {
        return lag(landed);
    }

    /** Records that indexing has not committed; NaN where Kafka did not say. */
    double indexingLag() {
        return lag(indexed);
    }

    private double lag(Map<Integer, Long> committed) {
        return inKafka.isEmpty() ? Double.NaN : sum(inKafka) - sum(committed);
    }

    private static double sum(Map<Integer, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether these offsets are no less than those in any partition. */
    static boolean reaches(Map<Integer, Long> offsets, Map<Integer, Long> to) {
        return to.entrySet().stream().allMatch(each -> offsets.getOrDefault(each.getKey(), 0L) >= each.getValue());
    }
}
