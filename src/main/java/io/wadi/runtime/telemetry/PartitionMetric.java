package io.wadi.runtime.telemetry;

/** One of the figures that are kept of each partition: a constant of a capability's enum. */
public interface PartitionMetric {
    /** What it is called and what it says. */
    Meaning meaning();

    /** How its values behave. */
    enum Kind {
        /** It only grows. */
        COUNTER,
        /** It goes up and down; below 0 it is not known, and not shown. */
        GAUGE,
        /** A moment, in milliseconds since 1970, shown as the seconds since then; 0 is shown as 0. */
        AGE
    }

    /** What is shown where many partitions are shown as one. */
    enum Fold {
        /** All together. */
        SUM,
        /** The worst of them. */
        MOST,
        /** Nothing: what is said of one partition means nothing for several. */
        NONE
    }

    /**
     * What a figure means.
     *
     * @param metric its name in Prometheus, of a counter without {@code _total}
     * @param label a label of its own, such as {@code reason="age"}; empty for none. Constants that follow each other may have
     *     the same metric, with different labels
     * @param help a sentence
     */
    record Meaning(String metric, Kind kind, Fold fold, String label, String help) {
        /** It only grows. */
        public static Meaning counter(String metric, String help) {
            return new Meaning(metric, Kind.COUNTER, Fold.SUM, "", help);
        }

        /** It goes up and down. */
        public static Meaning gauge(String metric, Fold fold, String help) {
            return new Meaning(metric, Kind.GAUGE, fold, "", help);
        }

        /** How long ago something was; of several partitions, the longest. */
        public static Meaning age(String metric, String help) {
            return new Meaning(metric, Kind.AGE, Fold.MOST, "", help);
        }

        /** The same, with a label of its own. */
        public Meaning with(String name, String value) {
            return new Meaning(metric, kind, fold, name + "=\"" + value + '"', help);
        }
    }
}
