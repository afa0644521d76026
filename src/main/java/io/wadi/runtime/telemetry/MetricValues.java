package io.wadi.runtime.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/** The values of one enum of metrics for one partition. Thread-safe; writing takes a few nanoseconds. */
@SuppressWarnings("EnumOrdinal") // array index, never stored
public final class MetricValues<F extends Enum<F> & PartitionMetric> {
    /** The value of a gauge before it is set. */
    static final long UNKNOWN = -1;

    private final AtomicLongArray values;

    private MetricValues(AtomicLongArray values) {
        this.values = values;
    }

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

    /**
     * Returns a copy of the counters, added to those of other values of the same enum; all other metrics are unknown.
     *
     * @param others may be null
     */
    MetricValues<F> counters(PartitionMetric[] metrics, MetricValues<?> others) {
        AtomicLongArray sums = new AtomicLongArray(metrics.length);
        for (int i = 0; i < metrics.length; i++) {
            boolean isCounter = metrics[i].meaning().kind() == PartitionMetric.Kind.COUNTER;
            sums.set(i, isCounter ? get(i) + (others == null ? 0 : others.get(i)) : UNKNOWN);
        }
        return new MetricValues<>(sums);
    }
}
