package io.wadi.bench;

import io.wadi.bench.MetricFleet.Metricset;
import java.util.stream.LongStream;

/** The output topics of the subjects. */
enum MetricOutput {
    CPU("cpu", Metricset.CPU, false),
    MEMORY("memory", Metricset.MEMORY, false),
    CPU_ALERT("cpu.alert", Metricset.CPU, true),
    MEMORY_ALERT("memory.alert", Metricset.MEMORY, true);

    private final String suffix;
    private final Metricset metricset;
    private final boolean alerts;

    MetricOutput(String suffix, Metricset metricset, boolean alerts) {
        this.suffix = suffix;
        this.metricset = metricset;
        this.alerts = alerts;
    }

    /** Returns the topic of a round. */
    String topic(String round) {
        return round + "." + suffix;
    }

    /** Returns whether the topic has alerts instead of documents. */
    boolean hasAlerts() {
        return alerts;
    }

    /** Returns whether the topic has a record for a document. */
    boolean takes(long number) {
        return MetricFleet.metricset(number) == metricset && (!alerts || MetricFleet.isOver(number));
    }

    /** Returns the number of records for the first documents. */
    long records(long documents) {
        return LongStream.range(0, documents).filter(this::takes).count();
    }
}
