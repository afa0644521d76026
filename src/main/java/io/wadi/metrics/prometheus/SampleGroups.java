package io.wadi.metrics.prometheus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The samples of one exposition, grouped by labels and time; each group becomes a document. NaN and infinite samples
 * are left out and counted, because JSON has no such numbers; duplicate samples are rejected.
 */
final class SampleGroups implements Exposition.Reader {
    static final int METRICS_IN_A_DOCUMENT = 2000;

    /** Total length of the names in a document, which keeps it below Kafka's default limit of 1 MiB. */
    static final int NAMES_IN_A_DOCUMENT = 256 << 10;

    static final class Group {
        private final Map<String, String> labels;
        private final Long timestampMs;
        private final Map<String, Double> metrics = new LinkedHashMap<>();
        private int names;

        private Group(Key key) {
            this.labels = key.labels;
            this.timestampMs = key.timestampMs;
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

        /** As {@link Sample#timestampMs}. */
        Long timestampMs() {
            return timestampMs;
        }

        Map<String, Double> metrics() {
            return metrics;
        }
    }

    private record Key(Map<String, String> labels, Long timestampMs) {}

    private final Map<Key, List<Group>> groups = new LinkedHashMap<>();
    private final List<Group> inOrder = new ArrayList<>();
    private int samples;
    private int notFinite;
    private int refusedLines;
    private String firstRefusal = "";

    @Override
    public void sample(Sample sample) {
        if (!Double.isFinite(sample.value())) {
            samples++;
            notFinite++;
            return;
        }
        Key key = new Key(sample.labels(), sample.timestampMs());
        List<Group> same = groups.computeIfAbsent(key, unseen -> new ArrayList<>(1));
        if (same.stream().anyMatch(group -> group.metrics().containsKey(sample.name()))) {
            refused(sample.line(), "found " + sample.name() + " a second time with the same labels, expected once");
            return;
        }
        samples++;
        last(key, same, sample.name()).put(sample.name(), sample.value());
    }

    private Group last(Key key, List<Group> same, String name) {
        if (same.isEmpty() || !same.get(same.size() - 1).hasRoomFor(name)) {
            Group group = new Group(key);
            same.add(group);
            inOrder.add(group);
        }
        return same.get(same.size() - 1);
    }

    @Override
    public void refused(int line, String why) {
        if (refusedLines++ == 0) {
            firstRefusal = "line " + line + ": " + why;
        }
    }

    /** In the order of their first samples. */
    List<Group> groups() {
        return inOrder;
    }

    /** The number of valid samples, including those left out. */
    int samples() {
        return samples;
    }

    int notFinite() {
        return notFinite;
    }

    int refusedLines() {
        return refusedLines;
    }

    /** The first rejected line with its number and error; empty if there is none. */
    String firstRefusal() {
        return firstRefusal;
    }
}
