package io.wadi.metrics.prometheus;

import io.wadi.runtime.config.Excerpt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The samples of one exposition, grouped by labels and time; each group becomes a document. NaN and infinite samples
 * are left out and counted, because JSON has no such numbers; duplicate samples are rejected.
 */
final class SampleGroups implements Exposition.Reader {
    static final int METRICS_IN_A_DOCUMENT = 2000;

    /** Maximum length of all names in a document, which keeps the document below Kafka's default limit of 1 MiB. */
    static final int NAMES_IN_A_DOCUMENT = 256 << 10;

    /**
     * Maximum number of samples in one scrape. Each takes some hundred bytes of memory, up to twenty times the length of
     * its line, and several targets are read at once.
     */
    static final int MAX_SAMPLES = 50_000;

    private static final int MAX_REFUSAL = 300;

    static final class Group {
        private final Map<String, String> labels;
        private final Long timestampMs;
        private final Map<String, Double> metrics = new LinkedHashMap<>();
        private int names;

        private Group(Sample first) {
            this.labels = first.labels();
            this.timestampMs = first.timestampMs();
        }

        private boolean hasRoomFor(String name) {
            return metrics.size() < METRICS_IN_A_DOCUMENT && names + name.length() <= NAMES_IN_A_DOCUMENT;
        }

        private void put(String name, double value) {
            metrics.put(name, value);
            names += name.length();
        }

        Map<String, String> labels() {
            return labels;
        }

        /** Returns the timestamp of the samples, as {@link Sample#timestampMs}. */
        Long timestampMs() {
            return timestampMs;
        }

        Map<String, Double> metrics() {
            return metrics;
        }
    }

    /** The groups with the same labels and time: the last group, and the names in the groups before it. */
    private static final class Series {
        private Group last;
        private Set<String> earlierNames = Set.of();

        private boolean contains(String name) {
            return (last != null && last.metrics.containsKey(name)) || earlierNames.contains(name);
        }

        private void next(Group group) {
            if (last != null) {
                earlierNames = earlierNames.isEmpty() ? new HashSet<>() : earlierNames;
                earlierNames.addAll(last.metrics.keySet());
            }
            last = group;
        }
    }

    private final Map<String, Series> series = new HashMap<>();
    private final List<Group> inOrder = new ArrayList<>();
    private int samples;
    private int notFinite;
    private int refusedLines;
    private String firstRefusal = "";

    /**
     * Adds a sample.
     *
     * @throws ScrapeException if there are more than {@value #MAX_SAMPLES} samples
     */
    @Override
    public void sample(Sample sample) throws ScrapeException {
        if (samples == MAX_SAMPLES) {
            throw new ScrapeException("sent more than " + MAX_SAMPLES + " samples");
        }
        if (!Double.isFinite(sample.value())) {
            samples++;
            notFinite++;
            return;
        }
        Series same = series.computeIfAbsent(key(sample), unseen -> new Series());
        if (same.contains(sample.name())) {
            refused(sample.line(), "found " + sample.name() + " a second time with the same labels, expected once");
            return;
        }
        samples++;
        if (same.last == null || !same.last.hasRoomFor(sample.name())) {
            same.next(new Group(sample));
            inOrder.add(same.last);
        }
        same.last.put(sample.name(), sample.value());
    }

    /**
     * Returns the labels and the time as one text. Texts are comparable, so lookups in a hash map stay fast even if a
     * hostile target sends labels with equal hash codes.
     */
    static String key(Sample sample) {
        StringBuilder key = new StringBuilder();
        sample.labels()
                .forEach((name, value) -> key.append(name.length())
                        .append(':')
                        .append(name)
                        .append(value.length())
                        .append(':')
                        .append(value));
        return key.append('@').append(sample.timestampMs()).toString();
    }

    @Override
    public void refused(int line, String why) {
        if (refusedLines++ == 0) {
            firstRefusal = "line " + line + ": " + Excerpt.of(why, MAX_REFUSAL);
        }
    }

    /** Returns the groups in the order of their first samples. */
    List<Group> groups() {
        return inOrder;
    }

    /** Returns the number of valid samples, including those left out. */
    int samples() {
        return samples;
    }

    int notFinite() {
        return notFinite;
    }

    int refusedLines() {
        return refusedLines;
    }

    /** Returns the first rejected line with its number and error; empty if there is none. */
    String firstRefusal() {
        return firstRefusal;
    }
}
