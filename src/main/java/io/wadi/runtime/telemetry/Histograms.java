package io.wadi.runtime.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The histograms of one metric by labels. Beyond a limit, further labels share one histogram without labels.
 * Thread-safe.
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
    public Histogram of(String labels) {
        Histogram existing = byLabels.get(labels);
        if (existing != null) {
            return existing;
        }
        String shown = byLabels.size() < limit ? labels : "";
        return byLabels.computeIfAbsent(shown, each -> new Histogram());
    }

    void writeTo(Exposition out) {
        if (!byLabels.isEmpty()) {
            out.histogram(metric, help);
            byLabels.forEach((labels, histogram) -> histogram.writeTo(out, metric, labels));
        }
    }
}
