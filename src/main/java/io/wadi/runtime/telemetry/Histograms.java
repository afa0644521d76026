package io.wadi.runtime.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The histograms of one metric by labels. Beyond a limit, further labels first replace those of released histograms,
 * and then share one histogram without labels. Thread-safe.
 */
public final class Histograms {
    private final String metric;
    private final String help;
    private final int limit;
    private final Map<String, Histogram> byLabels = new ConcurrentHashMap<>();

    Histograms(String metric, String help, int limit) {
        this.metric = metric;
        this.help = help;
        this.limit = limit;
    }

    /** Returns the histogram for labels in the format of {@link Exposition#labels}. Callers should keep it. */
    public synchronized Histogram of(String labels) {
        boolean exists = byLabels.containsKey(labels);
        if (!exists && byLabels.size() >= limit) {
            byLabels.values().removeIf(histogram -> histogram.users == 0);
        }
        String shown = exists || byLabels.size() < limit ? labels : "";
        Histogram histogram = byLabels.computeIfAbsent(shown, each -> new Histogram());
        histogram.users++;
        return histogram;
    }

    /** Releases a histogram, which remains until its place is needed. The caller must not record values any more. */
    public synchronized void release(Histogram histogram) {
        histogram.users--;
    }

    void writeTo(Exposition out) {
        if (!byLabels.isEmpty()) {
            out.histogram(metric, help);
            byLabels.forEach((labels, histogram) -> histogram.writeTo(out, metric, labels));
        }
    }
}
