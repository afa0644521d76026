package io.wadi.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics of a process at {@code /observe/metrics}, in Prometheus' text format. */
public final class Scrape {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final List<String> OF_HISTOGRAMS = List.of("_bucket", "_count", "_sum", "_max");

    private final String text;
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, String> helps = new HashMap<>();
    private final List<Sample> samples;

    /** A line with a value. */
    public record Sample(String name, Map<String, String> labels, double value) {
        private boolean has(Map<String, String> expected) {
            return labels.entrySet().containsAll(expected.entrySet());
        }
    }

    /** Parses the text of a scrape. */
    public Scrape(String text) {
        this.text = text;
        text.lines().filter(line -> line.startsWith("# ")).forEach(line -> {
            String[] words = line.split(" ", 4);
            (words[1].equals("TYPE") ? types : helps).put(words[2], words.length > 3 ? words[3] : "");
        });
        samples = text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(Scrape::sample)
                .toList();
    }

    /** Scrapes a pipeline. */
    public static Scrape of(RunningWadi wadi) throws Exception {
        return new Scrape(Http.get(wadi.managementUrl() + "/observe/metrics").body());
    }

    private static Sample sample(String line) {
        Matcher parts = SAMPLE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>();
        if (parts.group(2) != null) {
            LABEL.matcher(parts.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        String value = parts.group(3);
        return new Sample(parts.group(1), labels, Double.parseDouble(value.replace("+Inf", "Infinity")));
    }

    /** Returns the whole text. */
    public String text() {
        return text;
    }

    /** Returns the types by the names of the metrics. */
    public Map<String, String> types() {
        return types;
    }

    /** Returns the type and help text of a metric. */
    public String help(String metric) {
        return helps.getOrDefault(metric, "");
    }

    /** Returns all samples. */
    public List<Sample> samples() {
        return samples;
    }

    /** Returns the names of the metric families. */
    public Set<String> names() {
        return samples.stream().map(sample -> family(sample.name())).collect(Collectors.toSet());
    }

    /** Returns the metric family of a sample with this name. */
    public String family(String name) {
        for (String ending : OF_HISTOGRAMS) {
            String metric = name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
            if (!metric.equals(name) && List.of("histogram", "summary").contains(types.getOrDefault(metric, ""))) {
                return metric;
            }
        }
        return name;
    }

    /**
     * Returns the sum of the samples with this name and these labels, given as names and values in turn; NaN if there
     * are none.
     */
    public double sum(String name, String... labels) {
        Map<String, String> expected = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            expected.put(labels[i], labels[i + 1]);
        }
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.has(expected))
                .toList();
        return found.isEmpty()
                ? Double.NaN
                : found.stream().mapToDouble(Sample::value).sum();
    }
}
