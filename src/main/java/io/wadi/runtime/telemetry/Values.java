package io.wadi.runtime.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/** The figures of one enum for one partition. Thread-safe; to write one takes some nanoseconds. */
@SuppressWarnings("EnumOrdinal") // the place of a figure in its array, which nobody keeps
public final class Values<F extends Enum<F> & PartitionMetric> {
    /** A gauge that nobody has set. */
    static final long UNKNOWN = -1;

    private final AtomicLongArray values;

    Values(F[] figures) {
        values = new AtomicLongArray(figures.length);
        for (F figure : figures) {
            if (figure.meaning().kind() == PartitionMetric.Kind.GAUGE) {
                values.set(figure.ordinal(), UNKNOWN);
            }
        }
    }

    /** Counts so many more. */
    public void add(F counter, long more) {
        values.getAndAdd(counter.ordinal(), more);
    }

    /** Sets a gauge, or the moment of an age. */
    public void set(F figure, long value) {
        values.set(figure.ordinal(), value);
    }

    /** What it is now. */
    public long get(F figure) {
        return values.get(figure.ordinal());
    }

    long get(int ordinal) {
        return values.get(ordinal);
    }
}
