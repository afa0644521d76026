package io.wadi.runtime.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/** The values of one enum of metrics for one partition. Thread-safe; writing takes a few nanoseconds. */
@SuppressWarnings("EnumOrdinal") // array index, never stored
public final class MetricValues<F extends Enum<F> & PartitionMetric> {
    /** The value of a gauge before it is set. */
    static final long UNKNOWN = -1;

    private final AtomicLongArray values;

    MetricValues(F[] metrics) {
        values = new AtomicLongArray(metrics.length);
        for (F metric : metrics) {
            if (metric.meaning().kind() == PartitionMetric.Kind.GAUGE) {
                values.set(metric.ordinal(), UNKNOWN);
            }
        }
    }

    public void add(F counter, long more) {
        values.getAndAdd(counter.ordinal(), more);
    }

    /** Sets a gauge, or the time of an age. */
    public void set(F metric, long value) {
        values.set(metric.ordinal(), value);
    }

    long get(int ordinal) {
        return values.get(ordinal);
    }
}
