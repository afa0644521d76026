package io.wadi.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The result of one round of one subject to which documents arrive at a given rate.
 *
 * @param offered appended documents per second
 * @param millis the time from the append of a document until a read-committed consumer received its alert
 * @param changes the time from the append of a document until that consumer received the change of its alert to pending
 *    or firing; empty if the subject evaluates no rules
 * @param cpuMicros CPU time of the subject's process per document
 * @param heapMib maximum heap in use after a garbage collection
 */
record AlertLatency(double offered, Histogram millis, Histogram changes, double cpuMicros, double heapMib) {
    static final List<Figure<AlertLatency>> FIGURES = List.of(
            Figure.compared("p99_ms", "p99 ms", "p99_ratios", round -> round.millis.getValueAtPercentile(99)),
            Figure.compared("p50_ms", "p50 ms", "p50_ratios", round -> round.millis.getValueAtPercentile(50)),
            Figure.of("max_ms", "max ms", round -> round.millis.getMaxValue()),
            Figure.of("alerts", "alerts", round -> round.millis.getTotalCount()),
            Figure.of("change_p99_ms", "change p99", round -> ofChanges(round, 99)),
            Figure.of("change_p50_ms", "change p50", round -> ofChanges(round, 50)),
            Figure.of("offered_per_s", "documents/s", AlertLatency::offered),
            Figure.compared("cpu_us_per_document", "CPU us/doc", "cpu_ratios", AlertLatency::cpuMicros),
            Figure.of("peak_heap_mib", "heap MiB", AlertLatency::heapMib));

    private static double ofChanges(AlertLatency round, double percentile) {
        return round.changes.getTotalCount() == 0 ? Double.NaN : round.changes.getValueAtPercentile(percentile);
    }
}
