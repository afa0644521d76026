package io.wadi.runtime.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Histograms of one name, by their labels: no more than a limit, beyond which all others are one without labels. Thread-safe. */
public final class Histograms {
    private final String metric;
    private final String help;
    private final int most;
    private final Map<String, Histogram> byLabels = new ConcurrentHashMap<>();

    Histograms(String metric, String help, int most) {
        this.metric = metric;
        this.help = help;
        this.most = most;
    }

    /** That of these labels, as {@link Exposition#labels} makes them; to be asked for once. */
    public Histogram of(String labels) {
        Histogram there = byLabels.get(labels);
        if (there != null) {
            return there;
        }
        String shown = byLabels.size() < most ? labels : "";
        return byLabels.computeIfAbsent(shown, each -> new Histogram());
    }

    void writeTo(Exposition out) {
        if (!byLabels.isEmpty()) {
            out.histogram(metric, help);
            byLabels.forEach((labels, histogram) -> histogram.writeTo(out, metric, labels));
        }
    }
}
