package io.wadi.runtime.telemetry;

/** A metric with a value for each partition, implemented by the constants of a feature's enum. */
public interface PartitionMetric {
    Meaning meaning();

    enum Kind {
        COUNTER,
        /** A gauge; a negative value is unknown and not exposed. */
        GAUGE,
        /** A time in milliseconds since 1970, exposed as the seconds since then; 0 is exposed as 0. */
        AGE
    }

    /** The aggregation over several partitions. */
    enum Fold {
        SUM,
        MAX,
        /** No aggregation; the metric is not exposed for several partitions. */
        NONE
    }

    /**
     * The definition of a metric.
     * @param metric the name in Prometheus; for a counter without {@code _total}
     * @param label an additional label, such as {@code reason="age"}; empty for none. Constants with the same metric
     *     and different labels must be consecutive
     */
    record Meaning(String metric, Kind kind, Fold fold, String label, String help) {
        public static Meaning counter(String metric, String help) {
            return new Meaning(metric, Kind.COUNTER, Fold.SUM, "", help);
        }

        public static Meaning gauge(String metric, Fold fold, String help) {
            return new Meaning(metric, Kind.GAUGE, fold, "", help);
        }

        /** Returns an age; for several partitions the maximum. */
        public static Meaning age(String metric, String help) {
            return new Meaning(metric, Kind.AGE, Fold.MAX, "", help);
        }

        /** Returns the same definition with an additional label. */
        public Meaning with(String name, String value) {
            return new Meaning(metric, kind, fold, name + "=\"" + value + '"', help);
        }
    }
}
