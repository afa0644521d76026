package io.wadi.runtime.telemetry;

import java.util.Locale;

/**
 * Writes metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0. By hand, since the library's way through
 * objects took ten times as long for the figures of 10,000 partitions.
 */
public final class Exposition {
    private final boolean openMetrics;
    private final StringBuilder text;

    /** Takes whether it is OpenMetrics, and about how long it will be. */
    public Exposition(boolean openMetrics, int length) {
        this.openMetrics = openMetrics;
        this.text = new StringBuilder(length);
    }

    /** Adds whole lines as they are. */
    void lines(String lines) {
        text.append(lines);
    }

    /** Begins a counter, whose name is given without {@code _total}. */
    public void counter(String metric, String help) {
        head(openMetrics ? metric : metric + "_total", "counter", help);
    }

    /** Begins a gauge. */
    public void gauge(String metric, String help) {
        head(metric, "gauge", help);
    }

    /** Begins a histogram. */
    public void histogram(String metric, String help) {
        head(metric, "histogram", help);
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ");
        text.append(name).append(' ').append(type).append('\n');
    }

    /** Adds a sample of this name and its ending; {@code labels} as {@link #labels} makes them. */
    public void sample(String metric, String ending, String labels, long value) {
        start(metric, ending, labels).append(value).append('\n');
    }

    /** Adds a sample in thousandths. */
    public void thousandths(String name, String labels, long value) {
        start(name, "", labels).append(value / 1000.0).append('\n');
    }

    private StringBuilder start(String metric, String ending, String labels) {
        text.append(metric).append(ending);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        return text.append(' ');
    }

    /** Labels from their names and values in turn, in the order of their names; one whose value is null or empty is left out. */
    public static String labels(String... namesAndValues) {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null && !value.isEmpty()) {
                labels.append(labels.isEmpty() ? "" : ",").append(namesAndValues[i]);
                labels.append("=\"").append(escaped(value)).append('"');
            }
        }
        return labels.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    /** A bucket's bound in seconds, as both formats have it. */
    static String bound(long milliseconds) {
        return String.format(Locale.ROOT, "%s", milliseconds / 1000.0);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
